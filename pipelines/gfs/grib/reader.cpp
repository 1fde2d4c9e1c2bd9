// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/reader.hpp"

#include "grib/eccodes_handle.hpp"
#include "grib/unpack.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace gfs {

namespace {

// Names the message in errors of `action`.
template <class Action>
auto with_error_context(const FileReader& file, const FieldLocation& location, Action action) {
    try {
        return action();
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("read '{}': {}: {}", file.path().string(), to_text(location), error.what()));
    }
}

// One thread at a time: Debian builds eccodes without its locks.
std::vector<float> unpack_with_eccodes(const std::vector<unsigned char>& message, const Grid& grid, float missing) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    const std::vector<double> decoded = EccodesHandle(message).values(missing);
    if (decoded.size() != grid.size()) {
        throw freshet::Error(fmt::format("it holds {} values, and its grid has {} x {} points", decoded.size(),
                                         grid.columns, grid.rows));
    }
    std::vector<float> values(decoded.begin(), decoded.end());
    check_decoded_values(message, values, missing);
    return values;
}

/// Reads the metadata of one message after the other.
class MetadataReader {
public:
    Message read(const std::vector<unsigned char>& message) {
        const Octets identification = section_of(message, 1), grid = section_of(message, 3);
        if (!std::ranges::equal(identification, identification_) || !std::ranges::equal(grid, grid_)) {
            shared_ = read_shared_metadata(EccodesHandle(message));
            identification_.assign(identification.begin(), identification.end());
            grid_.assign(grid.begin(), grid.end());
        }
        return read_metadata(message, shared_);
    }

private:
    std::vector<unsigned char> identification_, grid_;  ///< sections 1 and 3 of the last message
    SharedMetadata shared_;
};

}  // namespace

void check_decoded_values(const std::vector<unsigned char>& message, std::span<const float> values, float missing) {
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
        throw freshet::Error("a decoded value is not a finite number");
    const std::size_t packed = number_at(section_of(message, 5), 6, 4);
    const auto found = static_cast<std::size_t>(std::count(values.begin(), values.end(), missing));
    if (packed + found != values.size()) {
        throw freshet::Error(fmt::format("{} of its {} values are missing, and {} should be", found, values.size(),
                                         values.size() - std::min(packed, values.size())));
    }
}

GribReader::GribReader(const std::filesystem::path& path, StrangeMessages strange) : file_(path) {
    FileFields found = find_fields(file_, strange);
    foreign_bytes_ = found.foreign_bytes;
    strange_ = std::move(found.strange);
    MetadataReader metadata;
    std::vector<unsigned char> header;  // of each message in turn
    const auto read = [&](const FieldLocation& location) {
        extract_header(file_, location, header);
        messages_.push_back(metadata.read(header));
        messages_.back().location = location;
    };
    for (const FieldLocation& location : found.fields) {
        try {
            with_error_context(file_, location, [&] { read(location); });
        } catch (const freshet::Error& error) {
            if (strange == StrangeMessages::refuse) throw;
            strange_.emplace_back(error.what());
        }
    }
}

bool GribReader::are_equal(const Message& one, const Message& other) const {
    std::vector<unsigned char> bytes, other_bytes;
    extract_field(file_, one.location, bytes);
    extract_field(file_, other.location, other_bytes);
    return bytes == other_bytes;
}

EccodesNames GribReader::eccodes_names(const Message& message) const {
    return with_error_context(file_, message.location, [&] {
        std::vector<unsigned char> bytes;
        extract_header(file_, message.location, bytes);
        const EccodesHandle handle(std::move(bytes));
        return EccodesNames{.name = handle.text("name"), .units = handle.text("units")};
    });
}

std::vector<float> GribReader::values(const Message& message, float missing) const {
    std::vector<float> values;
    decode(message, missing, values);
    return values;
}

void GribReader::decode(const Message& message, float missing, std::vector<float>& values) const {
    thread_local std::vector<unsigned char> bytes;  // of each message in turn
    with_error_context(file_, message.location, [&] {
        extract_field(file_, message.location, bytes);
        values.resize(message.grid.size());
        if (!unpack(bytes, missing, values)) values = unpack_with_eccodes(bytes, message.grid, missing);
        to_row_major(message.grid, values);
    });
}

}  // namespace gfs
