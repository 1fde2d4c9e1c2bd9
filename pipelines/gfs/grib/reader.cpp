// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/reader.hpp"

#include "grib/constant_field.hpp"
#include "grib/eccodes_handle.hpp"
#include "grib/metadata.hpp"
#include "grib/plausible.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

// Says which message it was, for whatever went wrong in `action`.
template <class Action>
auto with_error_context(const RandomAccessFile& file, const FieldLocation& location, Action action) {
    try {
        return action();
    } catch (const freshet::Error& error) {
        throw freshet::Error(
            fmt::format("reading '{}': {}: {}", file.path().string(), to_text(location), error.what()));
    }
}

}  // namespace

GribReader::GribReader(const std::filesystem::path& path) : file_(path) {
    for (FieldLocation& location : find_fields(file_)) {
        messages_.push_back(with_error_context(
            file_, location, [&] { return read_metadata(EccodesHandle(extract_field(file_, location))); }));
        messages_.back().location = std::move(location);
    }
}

std::vector<float> GribReader::values(const Message& message, float missing) {
    return with_error_context(file_, message.location, [&] {
        const std::vector<unsigned char> bytes = extract_field(file_, message.location);
        const bool is_constant = is_constant_without_groups(bytes);
        const std::vector<double> decoded =
            is_constant ? constant_values(bytes, message.grid.size(), missing) : EccodesHandle(bytes).values(missing);
        if (decoded.size() != message.grid.size()) {
            throw freshet::Error(fmt::format("it holds {} values, and its grid has {} x {} points", decoded.size(),
                                             message.grid.columns, message.grid.rows));
        }
        std::vector<float> values(decoded.begin(), decoded.end());
        if (!is_constant) check_decoded_values(bytes, values, missing);
        to_row_major(message.grid, values);
        return values;
    });
}

}  // namespace gfs
