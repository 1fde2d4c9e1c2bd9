// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "derive/wind.hpp"

#include "grib/product_codes.hpp"
#include "netcdf/vertical_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace gfs {

namespace {

constexpr GribParameter eastward{.discipline = 0, .category = 2, .number = 2};
constexpr GribParameter northward{.discipline = 0, .category = 2, .number = 3};
constexpr int above_ground = 103;        // code table 4.5
constexpr double heights[] = {10, 100};  // m

/// Finds the variable of a component at a height, at the instant of the lead.
std::optional<std::size_t> find_component(const FileLayout& layout, const GribParameter& parameter, double height) {
    const Level level{.first = {.type = above_ground, .value = height}, .second = {}};
    const auto found = std::ranges::find_if(layout.variables, [&](const Variable& variable) {
        return variable.parameter == parameter && variable.level == level && variable.messages.size() == 1 &&
               variable.time_coordinate == 0 && is_single_forecast(variable.traits);
    });
    if (found == layout.variables.end()) return std::nullopt;
    return static_cast<std::size_t>(found - layout.variables.begin());
}

struct DerivedVariable {
    const char* standard_name;
    const char* units;
    const char* long_name;
    const char* derivation;
    const char* comment;
};
constexpr DerivedVariable speed_names{"wind_speed", "m s-1", "wind speed", "sqrt(u^2 + v^2)", ""};
constexpr DerivedVariable direction_names{"wind_from_direction", "degree", "direction from which the wind blows",
                                          "180 + atan2(u, v) in degrees, clockwise from north; 0 instead of 360",
                                          "missing where there is no wind"};

/// Returns the new variable's index; nothing where the file already has a variable of that name.
std::optional<std::size_t> add_variable(FileLayout& layout, const DerivedVariable& names, std::size_t u,
                                        std::size_t v) {
    Variable derived = layout.variables[u];
    derived.name = fmt::format("{}_{}", names.standard_name, name_suffix(derived.level));
    if (std::ranges::find(layout.variables, derived.name, &Variable::name) != layout.variables.end())
        return std::nullopt;
    derived.cf = CfRow();
    derived.cf.standard_name = names.standard_name;
    derived.cf.units = names.units;
    derived.cf.long_name = names.long_name;
    derived.cf.comment = names.comment;
    derived.parameter = {};
    derived.messages.clear();
    derived.derivation = names.derivation;
    derived.sources = layout.variables[u].name + " " + layout.variables[v].name;
    layout.variables.push_back(std::move(derived));
    return layout.variables.size() - 1;
}

/// Rounds a wind's speed as the finer of its components, and its direction by what that means for a strong wind.
void round_winds(FileLayout& layout, std::size_t u, std::size_t v, std::optional<std::size_t> speed,
                 std::optional<std::size_t> direction) {
    constexpr double strong_wind = 128;  // m/s
    if (layout.precision == Precision::exact) return;
    const double step =
        std::min(layout.variables[u].rounding_steps.front(), layout.variables[v].rounding_steps.front());
    if (speed) layout.variables[*speed].rounding_steps = {step};
    if (direction)
        layout.variables[*direction].rounding_steps = {rounding_step(step / strong_wind * 180 / std::numbers::pi)};
}

/// The field of `formula(u, v)`, missing where one of them is or the formula has no result.
template <class Formula>
std::vector<float> combined(std::span<const float> u, std::span<const float> v, Formula formula) {
    std::vector<float> result(u.size(), fill_value);
    for (std::size_t i = 0; i < u.size(); ++i) {
        if (u[i] == fill_value || v[i] == fill_value) continue;
        if (const std::optional<double> value = formula(u[i], v[i])) result[i] = static_cast<float>(*value);
    }
    return result;
}

// Rounding to float can make a full circle of the largest angles.
std::optional<double> direction_as_float(double u, double v) {
    const std::optional<double> direction = wind_from_direction(u, v);
    return direction && static_cast<float>(*direction) >= 360.0F ? 0.0 : direction;
}

}  // namespace

double wind_speed(double u, double v) { return std::hypot(u, v); }

std::optional<double> wind_from_direction(double u, double v) {
    if (u == 0 && v == 0) return std::nullopt;
    // The angle of the vector itself is atan2(u, v), clockwise from north; the wind comes from the opposite side. CF's
    // wind_from_direction and WMO-No. 306 (code table 0877) count so.
    const double direction = 180 + std::atan2(u, v) * 180 / std::numbers::pi;
    return direction >= 360 ? 0 : direction;
}

void Winds::plan(FileLayout& layout, const std::vector<Message>& /*messages*/) {
    for (const double height : heights) {
        const auto u = find_component(layout, eastward, height);
        const auto v = find_component(layout, northward, height);
        if (!u || !v) continue;
        Components components{.u = *u, .v = *v};
        components.speed = add_variable(layout, speed_names, *u, *v);
        if (layout.variables[*u].cf.standard_name == "eastward_wind")
            components.direction = add_variable(layout, direction_names, *u, *v);
        round_winds(layout, *u, *v, components.speed, components.direction);
        components_.push_back(std::move(components));
    }
}

void Winds::process(std::size_t variable, std::size_t /*level*/, std::span<const float> values, const Emit& emit) {
    for (Components& components : components_) {
        if (variable != components.u && variable != components.v) continue;
        if (components.first.empty()) {
            components.first.assign(values.begin(), values.end());
            continue;
        }
        const std::vector<float> first = std::exchange(components.first, {});
        const std::span<const float> u = variable == components.u ? values : first;
        const std::span<const float> v = variable == components.u ? first : values;
        if (components.speed)
            emit(*components.speed, combined(u, v, [](double a, double b) { return std::optional(wind_speed(a, b)); }));
        if (components.direction) emit(*components.direction, combined(u, v, direction_as_float));
    }
}

}  // namespace gfs
