// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/synthetic_fields.hpp"

#include "simulator/formulas.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gfs::simulator {
namespace {

constexpr Surface surface{.type = 1};
constexpr Surface sea_level{.type = 101};
constexpr Surface column{.type = 10};
constexpr Surface single_layer{.type = 200};
constexpr Surface low_clouds{.type = 214}, middle_clouds{.type = 224}, high_clouds{.type = 234};
constexpr Surface top_soil{.type = 106}, below_top_soil{.type = 106, .scale = 1, .value = 1};
constexpr Surface near_top{.type = 100, .value = 100};
constexpr Surface potential_vorticity{.type = 109, .scale = 6, .value = 2};
constexpr Surface above_ground(int metres) { return {.type = 103, .value = metres}; }

using enum TimeStatistic;

constexpr SyntheticField odd_fields[] = {
    {{2, 0, 2},
     top_soil,
     instant,
     2,
     0,
     formula::soil_temperature,
     RainKind::all,
     MissingValues::bitmap,
     below_top_soil},
    {{2, 0, 192},
     top_soil,
     instant,
     3,
     0,
     formula::soil_moisture,
     RainKind::all,
     MissingValues::in_packing,
     below_top_soil},
    {{0, 0, 0},
     potential_vorticity,
     instant,
     1,
     0,
     formula::stratosphere_temperature,
     RainKind::all,
     MissingValues::in_packing},
    {{0, 1, 1}, near_top, instant, 1, 0, formula::constant_humidity},
};

constexpr SyntheticField fields[] = {
    {{0, 3, 1}, sea_level, instant, 1, 0, formula::pressure},
    {{0, 19, 0}, surface, instant, -2, 0, formula::visibility},
    {{0, 2, 22}, surface, instant, 1, 0, formula::gust},
    {{0, 3, 0}, surface, instant, 1, 0, formula::surface_pressure},
    {{0, 0, 0}, surface, instant, 1, 0, formula::skin_temperature},
    {{0, 1, 13}, surface, instant, 1, 0, formula::snow_water_equivalent},
    {{0, 1, 11}, surface, instant, 4, 0, formula::snow_depth},
    {{10, 2, 1}, surface, instant, 2, 0, formula::ice_thickness},
    {{0, 0, 0}, above_ground(2), instant, 2, 0, formula::temperature},
    {{0, 1, 0}, above_ground(2), instant, 6, 0, formula::specific_humidity},
    {{0, 0, 6}, above_ground(2), instant, 1, 0, formula::dew_point},
    {{0, 1, 1}, above_ground(2), instant, 1, 0, formula::humidity},
    {{0, 0, 4}, above_ground(2), maximum, 1, 0, formula::temperature},
    {{0, 0, 5}, above_ground(2), minimum, 1, 0, formula::temperature},
    {{0, 2, 2}, above_ground(10), instant, 2, 0, formula::u},
    {{0, 2, 3}, above_ground(10), instant, 2, 0, formula::v},
    {{0, 1, 7}, surface, instant, 7, 0, formula::rain_rate},
    {{0, 1, 7}, surface, bucket_rate, 7, 0, nullptr, RainKind::all},
    {{0, 1, 8}, surface, bucket, 0, -4, nullptr, RainKind::all},
    {{0, 1, 8}, surface, run_total, 0, -4, nullptr, RainKind::all},
    {{0, 1, 10}, surface, bucket, 0, -4, nullptr, RainKind::convective},
    {{0, 1, 10}, surface, run_total, 0, -4, nullptr, RainKind::convective},
    {{0, 1, 195}, surface, instant, 0, 0, formula::is_snow},
    {{0, 1, 194}, surface, instant, 0, 0, formula::is_ice_pellets},
    {{0, 1, 193}, surface, instant, 0, 0, formula::is_freezing_rain},
    {{0, 1, 192}, surface, instant, 0, 0, formula::is_rain},
    {{0, 1, 195}, surface, average, 2, 0, formula::is_snow},
    {{0, 1, 194}, surface, average, 2, 0, formula::is_ice_pellets},
    {{0, 1, 193}, surface, average, 2, 0, formula::is_freezing_rain},
    {{0, 1, 192}, surface, average, 2, 0, formula::is_rain},
    {{0, 0, 10}, surface, average, 0, -1, formula::latent_heat_flux},
    {{0, 0, 11}, surface, average, 0, -1, formula::sensible_heat_flux},
    {{0, 2, 17}, surface, average, 4, 0, formula::momentum_flux_u},
    {{0, 2, 18}, surface, average, 4, 0, formula::momentum_flux_v},
    {{0, 7, 6}, surface, instant, 0, 0, formula::cape},
    {{0, 7, 7}, surface, instant, 0, 0, formula::convective_inhibition},
    {{0, 1, 3}, single_layer, instant, 1, 0, formula::precipitable_water},
    {{0, 6, 3}, low_clouds, instant, 1, 0, formula::low_cloud_cover},
    {{0, 6, 3}, low_clouds, average, 1, 0, formula::low_cloud_cover},
    {{0, 6, 4}, middle_clouds, instant, 1, 0, formula::middle_cloud_cover},
    {{0, 6, 4}, middle_clouds, average, 1, 0, formula::middle_cloud_cover},
    {{0, 6, 5}, high_clouds, instant, 1, 0, formula::high_cloud_cover},
    {{0, 6, 5}, high_clouds, average, 1, 0, formula::high_cloud_cover},
    {{0, 6, 1}, column, instant, 1, 0, formula::total_cloud_cover},
    {{0, 6, 1}, column, average, 1, 0, formula::total_cloud_cover},
    {{0, 4, 192}, surface, average, 0, -1, formula::downward_shortwave_flux},
    {{0, 5, 192}, surface, average, 0, -1, formula::downward_longwave_flux},
    {{0, 4, 193}, surface, average, 0, -1, formula::upward_shortwave_flux},
    {{0, 5, 193}, surface, average, 0, -1, formula::upward_longwave_flux},
    {{0, 2, 2}, above_ground(100), instant, 2, 0, formula::u_100_m},
    {{0, 2, 3}, above_ground(100), instant, 2, 0, formula::v_100_m},
    {{0, 3, 196}, surface, instant, 0, -2, formula::boundary_layer_height},
    {{2, 0, 0}, surface, instant, 0, 0, formula::land},
    {{10, 2, 0}, surface, instant, 2, 0, formula::ice_cover},
};
static_assert(std::size(fields) == 54);

}  // namespace

double SyntheticField::tolerance() const { return std::pow(2.0, binary_scale) * std::pow(10.0, -decimal_scale) / 2; }

FieldSet parse_field_set(std::string_view name) {
    struct Named {
        std::string_view name;
        FieldSet set;
    };
    constexpr Named sets[] = {{"portal", FieldSet::portal}, {"odd", FieldSet::odd}, {"all", FieldSet::all}};
    const auto* const found = std::ranges::find(sets, name, &Named::name);
    if (found != std::end(sets)) return found->set;
    throw freshet::ParameterError(fmt::format("'{}' is no set of fields; there are portal, odd and all", name));
}

std::vector<SyntheticField> synthetic_fields(int lead, FieldSet set) {
    std::vector<SyntheticField> result;
    std::ranges::copy_if(fields, std::back_inserter(result),
                         [lead](const SyntheticField& field) { return lead > 0 || field.statistic == instant; });
    if (set != FieldSet::portal) result.insert(result.end(), std::begin(odd_fields), std::end(odd_fields));
    return result;
}

int bucket_start(int lead) { return lead == 0 ? 0 : (lead - 1) / 6 * 6; }

}  // namespace gfs::simulator
