// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/remote_index.hpp"

#include "grib/messages.hpp"
#include "grib/scan.hpp"
#include "inventory/wgrib2_names.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

constexpr std::uint64_t section_0_size = 16;
constexpr std::uint64_t section_header_size = 5;
constexpr std::uint64_t end_section_size = 4;
constexpr std::size_t discipline_octet = 6;  // counted from 0
/// Upper bound of the sections that are read whole; a larger one is damaged.
constexpr std::uint64_t max_section_size = 65'536;

/// Reads a remote file through a window: small messages share a request, large ones are skipped.
class WindowedReader {
public:
    WindowedReader(Source& source, const std::string& path, std::uint64_t length, std::uint64_t size)
        : source_(source), path_(path), length_(length), size_(size) {}

    /// Returns bytes that are valid until the next call.
    std::string_view read(std::uint64_t at, std::uint64_t count) {
        if (count > length_ || at > length_ - count) throw freshet::Error("it is truncated at the end of the file");
        if (at < begin_ || at + count > begin_ + bytes_.size()) {
            begin_ = at;
            bytes_ = source_.get(path_, {at, std::min(length_, at + std::max(size_, count))});
        }
        return std::string_view(bytes_).substr(at - begin_, count);
    }

private:
    Source& source_;
    const std::string& path_;
    std::uint64_t length_;
    std::uint64_t size_;
    std::uint64_t begin_ = 0;
    std::string bytes_;
};

/// Length and number of a section, from its first five bytes.
struct SectionHeader {
    std::uint64_t length = 0;
    int number = 0;

    explicit SectionHeader(std::string_view bytes) : number(static_cast<unsigned char>(bytes[4])) {
        for (const char byte : bytes.substr(0, 4)) length = length << 8 | static_cast<unsigned char>(byte);
    }
};

/// Returns the fields of the message at `offset`, reading only the sections that identify them.
std::vector<idx::ScannedField> fields_at(WindowedReader& reader, std::uint64_t offset, std::uint64_t length) {
    std::vector<idx::ScannedField> fields;
    idx::ScannedField field{.offset = offset};
    field.parameter.discipline = static_cast<unsigned char>(reader.read(offset, section_0_size)[discipline_octet]);
    const auto end = offset + length - end_section_size;
    for (auto at = offset + section_0_size; at < end;) {
        const SectionHeader header(reader.read(at, section_header_size));
        if (header.length < section_header_size || header.length > end - at) {
            throw freshet::Error("a section reaches past its end");
        }
        const bool is_identification = header.number == 1 || header.number == 4;
        if (is_identification && header.length <= max_section_size)
            idx::read_section(reader.read(at, header.length), field);
        if (header.number == 7) fields.push_back(field);
        at += header.length;
    }
    if (reader.read(end, end_section_size) != "7777") throw freshet::Error("it does not end with '7777'");
    return fields;
}

/// Returns the length of the message at `offset`.
std::uint64_t message_length(WindowedReader& reader, std::uint64_t offset, std::uint64_t file_length) {
    const auto length = stated_length(reader.read(offset, section_0_size));
    if (!length) throw freshet::Error("it does not start with a GRIB2 section 0");
    if (*length < section_0_size + end_section_size)
        throw freshet::Error(fmt::format("it states only {} bytes", *length));
    if (*length > file_length - offset) {
        throw freshet::Error(
            fmt::format("it is truncated: it states {} bytes, {} are there", *length, file_length - offset));
    }
    return *length;
}

void check_cycle(const std::vector<idx::ScannedField>& fields, Cycle cycle) {
    const auto other =
        std::ranges::find_if(fields, [cycle](const idx::ScannedField& field) { return field.reference != cycle; });
    if (other == fields.end()) return;
    throw freshet::Error(fmt::format("it is of another cycle, {:%Y%m%d%H}", other->reference));
}

}  // namespace

Inventory index_remote_file(Source& source, const std::string& path, std::uint64_t length, Cycle cycle,
                            std::uint64_t request_size) {
    if (length == 0) throw BrokenFile(fmt::format("index '{}': the file is empty", source.address(path)));
    WindowedReader reader(source, path, length, request_size);
    std::vector<idx::ScannedField> all;
    std::uint64_t offset = 0;
    for (int number = 1; offset < length; ++number) {
        try {
            const auto size = message_length(reader, offset, length);
            auto fields = fields_at(reader, offset, size);
            check_cycle(fields, cycle);
            idx::append_fields(all, std::move(fields), number);
            offset += size;
        } catch (const freshet::TransientError&) {
            throw;  // a failed request
        } catch (const freshet::Error& error) {
            throw BrokenFile(fmt::format("index '{}': message {} at byte {}: {}", source.address(path), number, offset,
                                         error.what()));
        }
    }
    return idx::inventory_of(all);
}

}  // namespace gfs
