// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "derive/earlier_sums.hpp"

#include "grib/crop.hpp"
#include "netcdf/define_file.hpp"

#include <algorithm>

namespace gfs {

namespace {

constexpr std::chrono::hours hour{1};
constexpr std::chrono::hours bucket_length{6};

/// What the sum's validity was one hour earlier; nothing where it had not begun.
std::optional<Validity> previous_validity(const Message& later) {
    Validity validity = later.validity;
    validity.end -= hour;
    if (validity.process) return validity.end > validity.begin ? std::optional(validity) : std::nullopt;
    // The duration of sunshine is labelled as an instant, and begins anew with each bucket.
    validity.begin = validity.end;
    const bool has_begun = (validity.end - later.reference_time) % bucket_length != std::chrono::seconds(0);
    return has_begun ? std::optional(validity) : std::nullopt;
}

}  // namespace

PreviousAccumulationReader::PreviousAccumulationReader(const std::filesystem::path& grib, std::optional<Area> area)
    : area_(area) {
    if (std::filesystem::file_size(grib) > 0) reader_.emplace(grib);
}

std::optional<PreviousAccumulation> PreviousAccumulationReader::find(const Message& later) {
    const std::optional<Validity> validity = previous_validity(later);
    if (!reader_ || !validity) return std::nullopt;
    const std::vector<Message>& messages = reader_->messages();
    const auto found = std::ranges::find_if(messages, [&](const Message& message) {
        return message.parameter == later.parameter && message.level == later.level && message.validity == *validity &&
               message.reference_time == later.reference_time && message.grid == later.grid;
    });
    if (found == messages.end()) return std::nullopt;
    return PreviousAccumulation{.values = Crop(found->grid, area_).apply(reader_->values(*found, fill_value)),
                                .packing_step = found->packing_step};
}

double packing_tolerance(double one_step, double other_step) {
    constexpr double rounding_to_float = 1.001;
    return (one_step + other_step) / 2 * rounding_to_float;
}

}  // namespace gfs
