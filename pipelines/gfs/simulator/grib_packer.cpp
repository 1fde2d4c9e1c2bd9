// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/grib_packer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

extern "C" {
#include <grib2.h>
}

namespace gfs::simulator {
namespace {

using Numbers = std::vector<g2int>;

constexpr g2int ncep_earth_shape = 6;  // table 3.2: a sphere of 6,371,229 m
constexpr g2int missing = 255;
constexpr g2int local_tables = 1, master_tables = 2, ncep = 7;
constexpr g2int order_of_differences = 2;
constexpr float missing_substitute = 9.999e20F;  // NCEP's
constexpr double microdegrees = 1e6;             // angles are in millionths of a degree

void check(g2int code, std::string_view operation) {
    if (code < 0) throw freshet::Error(fmt::format("{} failed: g2c says {}", operation, code));
}

/// Year, month, day, hour, minute, second.
Numbers date_and_time(Cycle time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    return {int{date.year()}, unsigned{date.month()}, unsigned{date.day()}, (time - day).count(), 0, 0};
}

/// Table 1.4.
g2int processed_data(const std::optional<EnsembleMember>& member) {
    constexpr g2int forecasts = 1, control_forecasts = 3, perturbed_forecasts = 4, control_and_perturbed = 5;
    if (!member) return forecasts;
    if (member->is_statistic()) return control_and_perturbed;
    return member->kind == MemberKind::control ? control_forecasts : perturbed_forecasts;
}

Numbers identification_section(const FileKey& key) {
    constexpr g2int start_of_forecast = 1, operational = 0;
    Numbers section{ncep, 0, master_tables, local_tables, start_of_forecast};
    for (const auto number : date_and_time(key.cycle)) section.push_back(number);
    section.insert(section.end(), {operational, processed_data(key.member)});
    return section;
}

constexpr g2int latitude_longitude_template = 0, gaussian_template = 40;

/// Template 3.0, latitudes and longitudes, or 3.40, which has the number of a Gaussian grid in the step's place.
Numbers grid_definition(const Grid& grid) {
    constexpr g2int increments_given = 48, north_to_south = 0;
    const auto angle = [](double degrees) { return static_cast<g2int>(std::lround(degrees * microdegrees)); };
    return {ncep_earth_shape,
            0,
            0,
            0,
            0,
            0,
            0,
            static_cast<g2int>(grid.columns),
            static_cast<g2int>(grid.rows),
            0,
            -1,
            angle(grid.latitude(0) / Grid::degree),
            0,
            increments_given,
            angle(grid.latitude(grid.rows - 1) / Grid::degree),
            angle(360 - grid.column_step()),
            angle(grid.column_step()),
            grid.is_gaussian ? static_cast<g2int>(grid.rows / 2) : angle(grid.row_step()),
            north_to_south};
}

/// Table 4.10; none for instants.
std::optional<g2int> process(TimeStatistic statistic) {
    switch (statistic) {
        case TimeStatistic::instant:
            return std::nullopt;
        case TimeStatistic::average:
        case TimeStatistic::bucket_rate:
            return 0;
        case TimeStatistic::bucket:
        case TimeStatistic::run_total:
            return 1;
        case TimeStatistic::maximum:
            return 2;
        case TimeStatistic::minimum:
            return 3;
    }
    return std::nullopt;
}

void add_surface(Numbers& definition, const std::optional<Surface>& surface) {
    const ScaledNumber number = to_scaled(surface && surface->value ? *surface->value : 0);
    definition.insert(definition.end(), {surface ? surface->type : missing, number.scale, number.value});
}

/// Returns the template of a product: of an instant or an interval, of one forecast, a member or a statistic of
/// members.
g2int product_template(const SyntheticField& field, const FileKey& key) {
    const bool is_instant = field.statistic == TimeStatistic::instant;
    if (!key.member) return is_instant ? 0 : 8;
    if (key.member->is_statistic()) return is_instant ? 2 : 12;
    return is_instant ? 1 : 11;
}

void add_member(Numbers& definition, const std::optional<EnsembleMember>& member) {
    if (!member) return;
    const ProductTraits traits = member->traits();
    if (traits.member) definition.insert(definition.end(), {traits.member->type, traits.member->number});
    if (traits.derived) definition.push_back(*traits.derived);
    definition.push_back(perturbed_members);
}

Numbers product_definition(const SyntheticField& field, const FileKey& key) {
    constexpr g2int forecast = 2, hours = 1, until_same_end = 2;
    const auto kind = process(field.statistic);
    const g2int start = !kind ? key.lead : field.statistic == TimeStatistic::run_total ? 0 : bucket_start(key.lead);
    Numbers definition{
        field.parameter.category,
        field.parameter.number,
        forecast,
        0,
        key.lead == 0 ? contents_of(key.product).analysis_process : contents_of(key.product).forecast_process,
        0,
        0,
        hours,
        start};
    add_surface(definition, field.level.first);
    add_surface(definition, field.level.second);
    add_member(definition, key.member);
    if (!kind) return definition;
    for (const auto number : date_and_time(key.cycle + std::chrono::hours(key.lead))) definition.push_back(number);
    definition.insert(definition.end(), {1, 0, *kind, until_same_end, hours, key.lead - start, missing, 0});
    return definition;
}

/// Template 5.3; libg2c fills in the rest while packing.
std::array<g2int, 18> data_representation(const SyntheticField& field) {
    std::array<g2int, 18> definition{};
    constexpr std::size_t binary = 1, decimal = 2, splitting = 5, management = 6, substitute = 7, order = 16;
    definition[binary] = field.binary_scale;
    definition[decimal] = field.decimal_scale;
    definition[splitting] = 1;
    definition[order] = order_of_differences;
    if (field.missing_values == MissingValues::in_packing) {
        definition[management] = 1;
        definition[substitute] = std::bit_cast<std::int32_t>(missing_substitute);
    }
    return definition;
}

/// 1 for each value, 0 for each NaN.
Numbers make_bitmap(const std::vector<float>& values) {
    Numbers bitmap;
    for (const float value : values) bitmap.push_back(std::isnan(value) ? 0 : 1);
    return bitmap;
}

}  // namespace

std::string pack_field(const SyntheticField& field, const Grid& grid, const FileKey& key, std::vector<float>& values) {
    // 32 bits a value and some room are more than any packed message takes.
    std::string message(values.size() * 4 + 4096, '\0');
    auto* const bytes = reinterpret_cast<unsigned char*>(message.data());
    const auto points = static_cast<g2int>(values.size());

    std::array<g2int, 2> indicator{field.parameter.discipline, 2};
    auto section_1 = identification_section(key);
    check(g2_create(bytes, indicator.data(), section_1.data()), "starting a GRIB2 message");

    std::array<g2int, 5> section_3{0, points, 0, 0, grid.is_gaussian ? gaussian_template : latitude_longitude_template};
    auto grid_template = grid_definition(grid);
    check(g2_addgrid(bytes, section_3.data(), grid_template.data(), nullptr, 0), "write the grid of a message");

    auto product = product_definition(field, key);
    auto data = data_representation(field);
    auto bitmap = field.missing_values == MissingValues::bitmap ? make_bitmap(values) : Numbers{};
    std::ranges::replace_if(
        values, [](float value) { return std::isnan(value); }, missing_substitute);
    constexpr g2int complex_with_differences = 3, no_bitmap = 255;
    check(g2_addfield(bytes, product_template(field, key), product.data(), nullptr, 0, complex_with_differences,
                      data.data(), values.data(), points, bitmap.empty() ? no_bitmap : 0, bitmap.data()),
          "packing a field");
    const auto size = g2_gribend(bytes);
    check(size, "ending a GRIB2 message");
    message.resize(static_cast<std::size_t>(size));
    return message;
}

}  // namespace gfs::simulator
