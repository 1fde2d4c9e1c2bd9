// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/sections.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

namespace gfs {

namespace {

constexpr std::uint64_t indicator_length = 16;
constexpr std::uint64_t end_length = 4;
constexpr int previously_defined_bitmap = 254;

std::uint64_t big_endian(const unsigned char* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8U | bytes[i];
    return value;
}

// What stands where "GRIB" should: an HTML page of a proxy, for one.
std::string printable(const std::vector<unsigned char>& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
    return text;
}

/// Walks one message after the other and notes where their sections are.
class SectionWalker {
public:
    explicit SectionWalker(RandomAccessFile& file) : file_(file) {}

    std::vector<FieldLocation> all() {
        while (offset_ < file_.size()) {
            ++count_;
            const std::size_t first = fields_.size();
            length_ = message_length();
            walk_sections();
            number_fields(first);
            offset_ += length_;
        }
        if (count_ == 0) throw freshet::Error(fmt::format("reading '{}': the file is empty", file_.path().string()));
        return std::move(fields_);
    }

private:
    [[noreturn]] void reject(const std::string& why) const {
        throw freshet::Error(
            fmt::format("reading '{}': message {} at byte {} {}", file_.path().string(), count_, offset_, why));
    }

    std::uint64_t message_length() {
        const std::uint64_t left = file_.size() - offset_;
        const auto head = file_.read(offset_, std::min(left, indicator_length));
        if (head.size() < 4 || std::memcmp(head.data(), "GRIB", 4) != 0) {
            reject(fmt::format("does not begin with 'GRIB' but with '{}'", printable(head)));
        }
        if (head.size() < indicator_length) reject(fmt::format("is cut off: only {} bytes of it are there", left));
        if (head[7] != 2) reject(fmt::format("is GRIB edition {}, and only edition 2 is understood", head[7]));
        const std::uint64_t length = big_endian(head.data() + 8, 8);
        if (length > left) {
            reject(fmt::format("is cut off: it should have {} bytes, and {} are there", length, left));
        }
        if (length < indicator_length + end_length) reject(fmt::format("claims to have {} bytes", length));
        return length;
    }

    void walk_sections() {
        std::map<int, SectionLocation> sections;  // those in force for the next field
        std::optional<SectionLocation> bitmap;
        std::uint64_t at = offset_ + indicator_length;
        const std::uint64_t end = offset_ + length_ - end_length;
        while (at < end) {
            const SectionLocation section = section_at(at, end);
            track_bitmap(section, bitmap, sections);
            if (section.number == 7) fields_.push_back(field(sections));
            at += section.length;
        }
        if (at != end || file_.read(end, end_length) != std::vector<unsigned char>{'7', '7', '7', '7'}) {
            reject("does not end with '7777'");
        }
    }

    SectionLocation section_at(std::uint64_t at, std::uint64_t end) {
        if (end - at < 5) reject("ends in the middle of a section");
        const auto head = file_.read(at, 5);
        const SectionLocation section{.number = head[4], .offset = at, .length = big_endian(head.data(), 4)};
        if (section.number < 1 || section.number > 7 || section.length < 5 || section.length > end - at) {
            reject(fmt::format("has a damaged section {} at byte {}", section.number, at));
        }
        return section;
    }

    // A field may say that the bitmap of an earlier one of its message holds for it too.
    void track_bitmap(const SectionLocation& section, std::optional<SectionLocation>& bitmap,
                      std::map<int, SectionLocation>& sections) {
        sections[section.number] = section;
        if (section.number != 6 || section.length < 6) return;
        if (file_.read(section.offset + 5, 1).front() != previously_defined_bitmap) {
            bitmap = section;
        } else if (bitmap) {
            sections[6] = *bitmap;
        } else {
            reject("uses the bitmap of an earlier field, and there is none");
        }
    }

    FieldLocation field(const std::map<int, SectionLocation>& sections) const {
        FieldLocation location{.number = {}, .offset = offset_, .length = length_, .sections = {}};
        for (const int needed : {1, 3, 4, 5, 6, 7}) {
            if (!sections.contains(needed)) reject(fmt::format("has no section {}", needed));
        }
        for (const auto& [number, section] : sections) location.sections.push_back(section);
        return location;
    }

    void number_fields(std::size_t first) {
        const std::size_t here = fields_.size() - first;
        if (here == 0) reject("holds no field");
        for (std::size_t i = 0; i < here; ++i) {
            fields_[first + i].number = here == 1 ? fmt::format("{}", count_) : fmt::format("{}.{}", count_, i + 1);
        }
    }

    RandomAccessFile& file_;
    std::uint64_t offset_ = 0;
    std::uint64_t length_ = 0;
    int count_ = 0;
    std::vector<FieldLocation> fields_;
};

}  // namespace

RandomAccessFile::RandomAccessFile(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::binary) {
    if (std::filesystem::is_directory(path))
        throw freshet::Error(fmt::format("reading '{}': it is a folder", path.string()));
    if (stream_) stream_.seekg(0, std::ios::end);
    if (!stream_) throw freshet::Error(fmt::format("reading '{}': {}", path.string(), std::strerror(errno)));
    size_ = static_cast<std::uint64_t>(stream_.tellg());
}

std::vector<unsigned char> RandomAccessFile::read(std::uint64_t offset, std::uint64_t length) {
    std::vector<unsigned char> bytes(length);
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(length));
    if (static_cast<std::uint64_t>(stream_.gcount()) != length) {
        throw freshet::Error(
            fmt::format("reading '{}': {} bytes at byte {} cannot be read", path_.string(), length, offset));
    }
    return bytes;
}

std::vector<FieldLocation> find_fields(RandomAccessFile& file) { return SectionWalker(file).all(); }

std::vector<unsigned char> extract_field(RandomAccessFile& file, const FieldLocation& location) {
    std::vector<unsigned char> bytes = file.read(location.offset, indicator_length);
    for (const SectionLocation& section : location.sections) {
        const auto content = file.read(section.offset, section.length);
        bytes.insert(bytes.end(), content.begin(), content.end());
    }
    bytes.insert(bytes.end(), end_length, '7');
    for (std::size_t i = 0; i < 8; ++i) bytes[15 - i] = static_cast<unsigned char>(bytes.size() >> (8 * i));
    return bytes;
}

}  // namespace gfs
