// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/reader.hpp"

#include "grib/constant_field.hpp"
#include "grib/describe.hpp"
#include "grib/handle.hpp"
#include "grib/plausible.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

// Says which message it was, for whatever went wrong in `action`.
template <class Action>
auto located(const ByteFile& file, const FieldPlace& place, Action action) {
    try {
        return action();
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("reading '{}': {}: {}", file.path().string(), to_text(place), error.what()));
    }
}

}  // namespace

GribReader::GribReader(const std::filesystem::path& path) : file_(path) {
    for (FieldPlace& place : find_fields(file_)) {
        messages_.push_back(located(file_, place, [&] { return describe(Handle(single_message(file_, place))); }));
        messages_.back().place = std::move(place);
    }
}

std::vector<float> GribReader::values(const Message& message, float missing) {
    return located(file_, message.place, [&] {
        const std::vector<unsigned char> bytes = single_message(file_, message.place);
        const bool is_constant = is_constant_without_groups(bytes);
        const std::vector<double> decoded =
            is_constant ? constant_values(bytes, message.grid.size(), missing) : Handle(bytes).values(missing);
        if (decoded.size() != message.grid.size()) {
            throw freshet::Error(fmt::format("it holds {} values, and its grid has {} x {} points", decoded.size(),
                                             message.grid.columns, message.grid.rows));
        }
        std::vector<float> values(decoded.begin(), decoded.end());
        if (!is_constant) check_plausible(bytes, values, missing);
        order_as_rows(message.grid, values);
        return values;
    });
}

}  // namespace gfs
