// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/cf_table.hpp"
#include "grib/message.hpp"

#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Distinctions of fields of one quantity, level and time: either a part of the variable's name, or a position on a
// coordinate. The name does not depend on the other fields of the file.
namespace gfs {

/// The coordinates on which fields of one variable lie, in the order of its dimensions after the time.
enum class AxisKind { realization, threshold, percentile, wavelength, level };

/// A position on a coordinate, and the ends of what it stands for where that is a range.
struct AxisValue {
    double value = 0;
    std::optional<std::pair<double, double>> bounds = {};

    friend auto operator<=>(const AxisValue&, const AxisValue&) = default;
};

/// A coordinate of variables: a dimension, or a scalar where it has a single value.
struct Axis {
    AxisKind kind = AxisKind::level;
    std::string name;
    std::string standard_name;
    std::string long_name;
    std::string units;
    std::string positive = {};
    std::vector<AxisValue> values = {};

    bool is_dimension() const { return values.size() > 1; }
    bool has_bounds() const { return values.front().bounds.has_value(); }

    friend bool operator==(const Axis&, const Axis&) = default;
};

/// The coordinates of a message, each with its one value and named as a scalar, in the order of their kinds. `quantity`
/// is the row of what the message is about.
std::vector<Axis> axes_of(const Message& message, const CfRow& quantity);

/// The name of a dimension of the same kind: "threshold", "isobaric".
std::string dimension_name(const Axis& axis, const Level& level);

/// The row of what the message holds: that of the quantity, or of its probability, its spread, ...
CfRow row_of_product(const Message& message, CfRow quantity);

/// The name of a variable of this message by that of its quantity: "probability_of_air_temperature_2m_below_threshold",
/// "air_temperature_2m_ensemble_mean".
std::string product_name(const std::string& name, const ProductTraits& traits);

/// The CF cell methods of a product besides that over the time: "realization: mean", "area: maximum"; empty for none.
std::string product_cell_methods(const ProductTraits& traits);

/// Explains which code of the product is unknown; nothing when all are known.
std::optional<std::string> unknown_trait(const ProductTraits& traits);

}  // namespace gfs
