// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/reader.hpp"

#include "grib/eccodes_handle.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

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

constexpr std::size_t min_complex_section = 35;  // octets of section 5 up to the number of groups

// Complex packing (5.2, 5.3) without any group: NCEP writes some constants so, and eccodes before 2.39 reads past their
// end.
bool is_constant_without_groups(const std::vector<unsigned char>& message) {
    const Octets packing = section_of(message, 5);
    if (packing.size() < min_complex_section) return false;
    const std::uint64_t packing_template = number_at(packing, 10, 2);
    return (packing_template == 2 || packing_template == 3) && number_at(packing, 32, 4) == 0;
}

// The reference value wherever the bitmap has a point, else `missing`. Not scaled by 10^-D as the packing's formula has
// it: NCEP's library writes the constant itself and leaves D as it was.
std::vector<double> constant_values(const std::vector<unsigned char>& message, std::size_t size, double missing) {
    const Octets packing = section_of(message, 5);
    const double reference = std::bit_cast<float>(static_cast<std::uint32_t>(number_at(packing, 12, 4)));
    std::vector<double> values(size, reference);

    const Octets bitmap = section_of(message, 6);
    constexpr int no_bitmap = 255;
    if (bitmap[5] == no_bitmap) return values;
    if (bitmap[5] != 0) throw freshet::Error("its bitmap is predefined by its originating centre");
    if ((bitmap.size() - 6) * 8 < size) throw freshet::Error("its bitmap is shorter than its grid");
    for (std::size_t i = 0; i < size; ++i) {
        if ((bitmap[6 + i / 8] >> (7 - i % 8) & 1U) == 0) values[i] = missing;
    }
    return values;
}

// Templates 5.2 and 5.3 may mark missing values among the packed ones; only the decoder can count those.
bool uses_missing_value_management(Octets packing) {
    const std::uint64_t packing_template = number_at(packing, 10, 2);
    return (packing_template == 2 || packing_template == 3) && number_at(packing, 23, 1) != 0;
}

}  // namespace

void check_decoded_values(const std::vector<unsigned char>& message, std::span<const float> values, float missing) {
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
        throw freshet::Error("a decoded value is not a finite number");
    const Octets packing = section_of(message, 5);
    if (uses_missing_value_management(packing)) return;
    const std::size_t packed = number_at(packing, 6, 4);
    const auto found = static_cast<std::size_t>(std::count(values.begin(), values.end(), missing));
    if (packed + found != values.size()) {
        throw freshet::Error(fmt::format("{} of its {} values are missing, and {} should be", found, values.size(),
                                         values.size() - std::min(packed, values.size())));
    }
}

GribReader::GribReader(const std::filesystem::path& path) : file_(path) {
    FileFields found = find_fields(file_);
    foreign_bytes_ = found.foreign_bytes;
    for (FieldLocation& location : found.fields) {
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
