// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/sections.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

namespace gfs {

namespace {

constexpr std::uint64_t indicator_length = 16;  // section 0
constexpr std::uint64_t header_length = 5;      // length and number of a section
constexpr std::uint64_t end_length = 4;         // section 8
constexpr int last_section = 7;
constexpr int previously_defined_bitmap = 254;

std::uint64_t big_endian(Octets octets) {
    std::uint64_t value = 0;
    for (const unsigned char octet : octets) value = value << 8U | octet;
    return value;
}

// The start of a proxy's HTML page, for one, where "GRIB" should stand.
std::string printable(Octets bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
    return text;
}

bool equals(Octets bytes, std::string_view text) { return std::ranges::equal(bytes, octets_of(text)); }

/// Describes why bytes are not one whole message with foreign bytes after it at most; empty when they are.
std::string describe_defect(std::string_view bytes) {
    if (bytes.size() < indicator_length + end_length) return fmt::format("its {} bytes are too few", bytes.size());
    if (!bytes.starts_with("GRIB")) return "it does not start with 'GRIB'";
    if (bytes[7] != 2) return fmt::format("it is of edition {} instead of 2", int{bytes[7]});
    const std::uint64_t stated = number_at(octets_of(bytes), 9, 8);
    if (stated > bytes.size() || bytes.find("GRIB", stated) != std::string_view::npos)
        return fmt::format("it states {} bytes, but the inventory gives it {}", stated, bytes.size());
    return bytes.substr(0, stated).ends_with("7777") ? "" : "it does not end with '7777'";
}

constexpr std::uint64_t name_length = 4;     // "GRIB"
constexpr std::uint64_t edition_length = 8;  // section 0 up to the edition

/// Returns true when a message starts at `at` of the bytes, after foreign ones. The edition tells it from a word "GRIB"
/// among those; it may be missing at the end of the file only, where the message is cut.
bool starts_message(Octets bytes, std::size_t at) {
    if (!equals(bytes.subspan(at, name_length), "GRIB")) return false;
    return bytes.size() - at < edition_length || bytes[at + 7] == 1 || bytes[at + 7] == 2;
}

/// Returns the position of the next message after foreign bytes at `from`, or `end` where there is none before it.
std::uint64_t find_message(ByteReader& bytes, std::uint64_t from, std::uint64_t end) {
    constexpr std::uint64_t block_length = 4096;
    for (std::uint64_t at = from; at + name_length <= end; at += block_length) {
        const std::uint64_t left = bytes.size() - at;
        const Octets block = bytes.read(at, std::min(left, block_length + edition_length));
        for (std::size_t i = 0; i < block_length && i + name_length <= block.size() && at + i < end; ++i)
            if (starts_message(block, i)) return at + i;
    }
    return end;
}

bool is_message(ByteReader& bytes, std::uint64_t offset) {
    return bytes.size() - offset >= name_length && equals(bytes.read(offset, name_length), "GRIB");
}

std::uint64_t message_length(ByteReader& bytes, std::uint64_t offset) {
    const std::uint64_t left = bytes.size() - offset;
    const Octets head = bytes.read(offset, std::min(left, indicator_length));
    if (head.size() < 4 || !equals(head.first(4), "GRIB"))
        throw freshet::Error(fmt::format("it does not begin with 'GRIB' but with '{}'", printable(head)));
    if (head.size() < indicator_length)
        throw freshet::Error(fmt::format("it is truncated: only {} bytes of it are there", left));
    if (head[7] != 2)
        throw freshet::Error(fmt::format("it is GRIB edition {}; only edition 2 is supported", int{head[7]}));
    const std::uint64_t length = number_at(head, 9, 8);
    if (length > left)
        throw freshet::Error(fmt::format("it is truncated: it states {} bytes, and {} are there", length, left));
    if (length < indicator_length + end_length) throw freshet::Error(fmt::format("it states only {} bytes", length));
    return length;
}

/// The length of a message of any edition, which ends with "7777"; nothing where none ends so.
std::optional<std::uint64_t> whole_length(ByteReader& bytes, std::uint64_t offset) {
    const std::uint64_t left = bytes.size() - offset;
    if (left < indicator_length + end_length) return std::nullopt;
    const Octets head = bytes.read(offset, indicator_length);
    if (!equals(head.first(name_length), "GRIB")) return std::nullopt;
    const std::uint64_t length = head[7] == 1 ? number_at(head, 5, 3) : number_at(head, 9, 8);
    if (length > left || length < indicator_length + end_length) return std::nullopt;
    return equals(bytes.read(offset + length - end_length, end_length), "7777") ? std::optional(length) : std::nullopt;
}

SectionLocation section_at(ByteReader& bytes, std::uint64_t offset, std::uint64_t end) {
    if (end - offset < header_length) throw freshet::Error("it ends in the middle of a section");
    const Octets head = bytes.read(offset, header_length);
    const SectionLocation section{.number = head[4], .offset = offset, .length = number_at(head, 1, 4)};
    if (section.number < 1 || section.number > last_section || section.length < header_length ||
        section.length > end - offset) {
        throw freshet::Error(fmt::format("its section {} at byte {} is damaged", section.number, offset));
    }
    return section;
}

/// Collects the sections that apply to each field of one message.
class FieldCollector {
public:
    FieldCollector(ByteReader& bytes, std::uint64_t offset) : bytes_(bytes), offset_(offset) {}

    void add(const SectionLocation& section) {
        sections_[section.number] = section;
        if (section.number == 6) resolve_bitmap(section);
        if (section.number == last_section) complete_field();
    }

    std::vector<FieldLocation> fields(int message, std::uint64_t length) && {
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            fields_[i].length = length;
            fields_[i].number = fields_.size() == 1 ? fmt::format("{}", message) : fmt::format("{}.{}", message, i + 1);
        }
        return std::move(fields_);
    }

private:
    // A field may declare that the bitmap of an earlier one of its message applies to it too.
    void resolve_bitmap(const SectionLocation& section) {
        if (section.length < header_length + 1) return;
        if (bytes_.read(section.offset + header_length, 1).front() != previously_defined_bitmap) {
            bitmap_ = section;
        } else if (bitmap_) {
            sections_[6] = *bitmap_;
        } else {
            throw freshet::Error("it refers to the bitmap of an earlier field, and there is none");
        }
    }

    void complete_field() {
        FieldLocation location{.number = {}, .offset = offset_, .length = 0, .sections = {}};
        for (const int needed : {1, 3, 4, 5, 6, last_section}) {
            if (!sections_.contains(needed)) throw freshet::Error(fmt::format("it has no section {}", needed));
        }
        for (const auto& [number, section] : sections_) location.sections.push_back(section);
        fields_.push_back(std::move(location));
    }

    ByteReader& bytes_;
    std::uint64_t offset_;
    std::map<int, SectionLocation> sections_;
    std::optional<SectionLocation> bitmap_;
    std::vector<FieldLocation> fields_;
};

/// Makes a message of the sections and `more` bytes behind them, and returns the place of these.
unsigned char* extract_sections(const FileReader& file, std::span<const SectionLocation> sections, std::size_t more,
                                std::vector<unsigned char>& message) {
    std::size_t length = more + end_length;
    for (const SectionLocation& section : sections) length += section.length;
    message.resize(length);
    unsigned char* to = message.data();
    for (const SectionLocation& section : sections) {
        file.read_to(to, section.offset, section.length);
        to += section.length;
    }
    std::fill_n(to + more, end_length, '7');
    for (std::size_t i = 0; i < 8; ++i) message[15 - i] = static_cast<unsigned char>(length >> (8 * i));
    return to;
}

}  // namespace

Octets octets_of(std::string_view bytes) {
    return {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()};
}

std::uint64_t number_at(Octets section, std::size_t first, std::size_t count) {
    if (first - 1 + count > section.size()) throw freshet::Error("a section of it is shorter than its template");
    return big_endian(section.subspan(first - 1, count));
}

std::int64_t signed_number_at(Octets section, std::size_t first, std::size_t count) {
    const std::uint64_t raw = number_at(section, first, count);
    const std::uint64_t sign = std::uint64_t{1} << (8 * count - 1);
    const auto magnitude = static_cast<std::int64_t>(raw & (sign - 1));
    return (raw & sign) != 0 ? -magnitude : magnitude;
}

Octets MemoryReader::read(std::uint64_t offset, std::uint64_t length) {
    if (length > size() || offset > size() - length)
        throw freshet::Error(fmt::format("there are no {} bytes at byte {}", length, offset));
    return bytes_.subspan(offset, length);
}

FileReader::FileReader(const std::filesystem::path& path)
    : path_(path), file_(std::fopen(path.c_str(), "re"), std::fclose) {
    struct stat status {};
    if (!file_ || ::fstat(::fileno(file_.get()), &status) != 0)
        throw freshet::Error(fmt::format("read '{}': {}", path.string(), std::strerror(errno)));
    if (S_ISDIR(status.st_mode)) throw freshet::Error(fmt::format("read '{}': it is a folder", path.string()));
    size_ = static_cast<std::uint64_t>(status.st_size);
}

Octets FileReader::read(std::uint64_t offset, std::uint64_t length) {
    buffer_.resize(length);
    read_to(buffer_.data(), offset, length);
    return buffer_;
}

void FileReader::read_to(unsigned char* to, std::uint64_t offset, std::uint64_t length) const {
    for (std::uint64_t done = 0; done < length;) {
        const auto count = ::pread(::fileno(file_.get()), to + done, length - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            throw freshet::Error(fmt::format("read '{}': {} bytes at byte {} cannot be read: {}", path_.string(),
                                             length, offset,
                                             count == 0 ? "the file ends before" : std::strerror(errno)));
        }
        done += static_cast<std::uint64_t>(count);
    }
}

std::optional<std::uint64_t> stated_length(Octets bytes) {
    if (bytes.size() < indicator_length || !equals(bytes.first(4), "GRIB") || bytes[7] != 2) return std::nullopt;
    return number_at(bytes, 9, 8);
}

std::string_view whole_message(std::string_view bytes, std::uint64_t offset, std::string_view file) {
    const std::string defect = describe_defect(bytes);
    if (defect.empty()) return bytes.substr(0, number_at(octets_of(bytes), 9, 8));
    throw DamagedMessage(fmt::format("the message at byte {} of '{}' is not whole: {}", offset, file, defect));
}

std::uint64_t walk_message(ByteReader& bytes, std::uint64_t offset, const SectionVisitor& visit) {
    const std::uint64_t length = message_length(bytes, offset);
    const std::uint64_t end = offset + length - end_length;
    visit({.number = 0, .offset = offset, .length = indicator_length});
    std::uint64_t at = offset + indicator_length;
    while (at < end) {
        const SectionLocation section = section_at(bytes, at, end);
        visit(section);
        at += section.length;
    }
    if (!equals(bytes.read(end, end_length), "7777")) throw freshet::Error("it does not end with '7777'");
    return length;
}

std::uint64_t walk_messages(ByteReader& bytes, const MessageWalker& walk, std::uint64_t max_gap) {
    const std::uint64_t size = bytes.size();
    std::uint64_t foreign = 0;
    for (std::uint64_t offset = 0, number = 1; offset < size; ++number) {
        try {
            if (!is_message(bytes, offset)) {
                const std::uint64_t end = size - offset > max_gap ? offset + max_gap : size;
                const std::uint64_t found = find_message(bytes, offset, end);
                const bool is_tail = found == size && number > 1;
                if (is_tail || found < end) foreign += found - offset;
                if (is_tail) return foreign;
                if (found < end) offset = found;  // else the walk says that no message begins here
            }
            offset += walk(static_cast<int>(number), offset);
        } catch (const freshet::TransientError&) {
            throw;
        } catch (const freshet::Error& error) {
            throw freshet::Error(fmt::format("message {} at byte {}: {}", number, offset, error.what()));
        }
    }
    return foreign;
}

FileFields find_fields(FileReader& file, StrangeMessages strange) {
    if (file.size() == 0) throw freshet::Error(fmt::format("read '{}': the file is empty", file.path().string()));
    FileFields found;
    const auto collect = [&](int number, std::uint64_t offset) {
        FieldCollector collector(file, offset);
        const std::uint64_t length =
            walk_message(file, offset, [&](const SectionLocation& section) { collector.add(section); });
        std::vector<FieldLocation> fields = std::move(collector).fields(number, length);
        if (fields.empty()) throw freshet::Error("it holds no field");
        std::ranges::move(fields, std::back_inserter(found.fields));
        return length;
    };
    try {
        found.foreign_bytes = walk_messages(file, [&](int number, std::uint64_t offset) {
            try {
                return collect(number, offset);
            } catch (const freshet::Error& error) {
                const auto length = strange == StrangeMessages::tell ? whole_length(file, offset) : std::nullopt;
                if (!length) throw;
                found.strange.push_back(fmt::format("read '{}': message {} at byte {}: {}", file.path().string(),
                                                    number, offset, error.what()));
                return *length;
            }
        });
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("read '{}': {}", file.path().string(), error.what()));
    }
    return found;
}

void extract_field(const FileReader& file, const FieldLocation& location, std::vector<unsigned char>& message) {
    extract_sections(file, location.sections, 0, message);
}

void extract_header(const FileReader& file, const FieldLocation& location, std::vector<unsigned char>& message) {
    constexpr std::array<unsigned char, 5> no_data{0, 0, 0, 5, 7};  // its length and its number
    const std::span all(location.sections);
    unsigned char* const data = extract_sections(file, all.first(all.size() - 1), no_data.size(), message);
    std::ranges::copy(no_data, data);
}

Octets section_of(Octets message, int number) {
    std::size_t at = indicator_length;
    const auto length_at = [&] { return big_endian(message.subspan(at, 4)); };
    while (message[at + 4] != number) at += length_at();
    return message.subspan(at, length_at());
}

}  // namespace gfs
