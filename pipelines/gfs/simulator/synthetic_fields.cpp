// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/synthetic_fields.hpp"

#include "inventory/inventory.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace gfs::simulator {
namespace {

// Values of the fields at a place, in GRIB's units: rough, but with plausible signs, sizes and dependencies. Fractions
// stay within their bounds and non-negative quantities are not negative.
namespace formula {

constexpr float freezing = 273.15F;
constexpr float stefan_boltzmann = 5.67e-8F;
constexpr float least_rain = 0.05F;  // kg m-2 in an hour; less counts as dry

float clamp_to_unit(float value) { return std::clamp(value, 0.0F, 1.0F); }

float speed(const Point& at) { return std::sqrt(at.u * at.u + at.v * at.v); }

float vapour_pressure(const Point& at) {
    const float saturated = 611.2F * std::exp(17.67F * (at.temperature - freezing) / (at.temperature - 29.65F));
    return at.humidity / 100 * saturated;
}

/// 1 when it rains and the temperature lies in this range.
float precipitates_between(const Point& at, float low, float high) {
    return at.rain > least_rain && at.temperature >= low && at.temperature < high ? 1.0F : 0.0F;
}

float fourth_power(float x) { return x * x * x * x; }

float albedo(const Point& at) { return at.temperature < freezing - 6 ? 0.6F : 0.07F + 0.13F * at.land; }

float pressure(const Point& at) { return at.pressure; }
float surface_pressure(const Point& at) { return at.pressure * std::exp(-at.height / (29.27F * at.temperature)); }
float temperature(const Point& at) { return at.temperature; }
float skin_temperature(const Point& at) {
    return at.temperature + at.land * (9 * at.sun - 1.5F) + (1 - at.land) * 0.8F;
}
float dew_point(const Point& at) { return at.temperature - (100 - at.humidity) / 5; }
float humidity(const Point& at) { return at.humidity; }

float specific_humidity(const Point& at) {
    const float vapour = vapour_pressure(at);
    return 0.622F * vapour / (surface_pressure(at) - 0.378F * vapour);
}

float u(const Point& at) { return at.u; }
float v(const Point& at) { return at.v; }
float u_100_m(const Point& at) { return at.u * (1.15F + 0.25F * at.land); }
float v_100_m(const Point& at) { return at.v * (1.15F + 0.25F * at.land); }
float gust(const Point& at) { return speed(at) * (1.25F + 0.2F * at.land) + 0.8F * at.rain; }
float visibility(const Point& at) {
    const float fog = clamp_to_unit((at.humidity - 92) / 8) * (1 - clamp_to_unit(speed(at) / 8));
    return std::min(24100.0F, 30000 * std::exp(-0.5F * at.rain - 4 * fog));
}

float rain_rate(const Point& at) { return at.rain / 3600; }
float is_snow(const Point& at) { return precipitates_between(at, 0, freezing - 1); }
float is_freezing_rain(const Point& at) { return precipitates_between(at, freezing - 1, freezing); }
float is_ice_pellets(const Point& at) { return precipitates_between(at, freezing, freezing + 0.7F); }
float is_rain(const Point& at) { return precipitates_between(at, freezing + 0.7F, 400); }

float snow_water_equivalent(const Point& at) { return at.land * std::max(0.0F, 4 * (freezing - 4 - at.temperature)); }
float snow_depth(const Point& at) { return snow_water_equivalent(at) / 240; }
float ice_cover(const Point& at) { return (1 - at.land) * clamp_to_unit((freezing - 5 - at.temperature) / 6); }
float ice_thickness(const Point& at) { return ice_cover(at) * 1.8F; }
float land(const Point& at) { return at.land; }

float low_cloud_cover(const Point& at) { return at.low; }
float middle_cloud_cover(const Point& at) { return at.middle; }
float high_cloud_cover(const Point& at) { return at.high; }
float total_cloud_cover(const Point& at) {
    return 100 * (1 - (1 - at.low / 100) * (1 - at.middle / 100) * (1 - at.high / 100));
}

float precipitable_water(const Point& at) { return std::min(75.0F, 0.013F * vapour_pressure(at) + at.rain); }
float cape(const Point& at) {
    return std::max(0.0F, (at.temperature - 291) * (at.humidity - 45) * (5 + 3 * at.texture));
}
float convective_inhibition(const Point& at) {
    return -std::clamp((at.temperature - 285) * (100 - at.humidity) / 5, 0.0F, 700.0F);
}
float boundary_layer_height(const Point& at) {
    return 60 + 55 * speed(at) + 1400 * at.sun * at.land + 90 * (1 - at.land);
}

float downward_shortwave_flux(const Point& at) { return 1050 * at.sun * (1 - 0.72F * total_cloud_cover(at) / 100); }
float upward_shortwave_flux(const Point& at) { return albedo(at) * downward_shortwave_flux(at); }
float downward_longwave_flux(const Point& at) {
    return (0.7F + 0.2F * total_cloud_cover(at) / 100) * stefan_boltzmann * fourth_power(at.temperature);
}
float upward_longwave_flux(const Point& at) { return 0.98F * stefan_boltzmann * fourth_power(skin_temperature(at)); }
float latent_heat_flux(const Point& at) {
    return at.land > 0 ? 3 * at.humidity * at.sun : (100 - at.humidity) * (0.6F + 0.25F * speed(at));
}
float sensible_heat_flux(const Point& at) { return 1.5F * (2 + speed(at)) * (skin_temperature(at) - at.temperature); }
float momentum_flux_u(const Point& at) { return -0.0018F * speed(at) * at.u; }
float momentum_flux_v(const Point& at) { return -0.0018F * speed(at) * at.v; }

float soil_temperature(const Point& at) { return at.land > 0 ? at.temperature + 2 * at.sun : NAN; }
float soil_moisture(const Point& at) { return at.land > 0 ? 0.1F + 0.3F * at.humidity / 100 : NAN; }
float stratosphere_temperature(const Point& at) {
    return at.temperature < 295 ? 225 + 0.2F * (at.temperature - 250) : NAN;
}
float constant_humidity(const Point&) { return 0.4F; }

// The free atmosphere, as far as the weather near the ground tells.
float temperature_850(const Point& at) { return at.temperature - 9; }
float temperature_500(const Point& at) { return at.temperature - 35; }
float height_850(const Point& at) { return 1450 + (at.pressure - 101325) / 12; }
float height_500(const Point& at) { return 5500 + (at.pressure - 101325) / 12 + 15 * (at.temperature - 280); }
float u_500(const Point& at) { return 2.5F * at.u + 8; }
float v_500(const Point& at) { return 2.5F * at.v; }
float brightness(const Point& at) { return at.temperature - 0.6F * at.high; }
float brightness_of_vapour(const Point& at) { return 245 - 0.2F * at.humidity; }

// The sea: waves grow with the wind, swell lags behind it. On land there are none.
float at_sea(const Point& at, float value) { return at.land > 0 ? NAN : value; }
float degrees_from(float u, float v) {
    const float degrees = std::atan2(-u, -v) * 57.29578F;
    return degrees < 0 ? degrees + 360 : degrees;
}
float wind_speed_at_sea(const Point& at) { return at_sea(at, speed(at)); }
float wind_from_at_sea(const Point& at) { return at_sea(at, degrees_from(at.u, at.v)); }
float u_at_sea(const Point& at) { return at_sea(at, at.u); }
float v_at_sea(const Point& at) { return at_sea(at, at.v); }
float wind_wave_height(const Point& at) { return at_sea(at, 0.022F * speed(at) * speed(at)); }
float wind_wave_period(const Point& at) { return at_sea(at, 1.5F + 0.6F * speed(at)); }
float swell_height(const Point& at) { return at_sea(at, 1.6F + 0.5F * at.texture + 0.05F * speed(at)); }
float second_swell_height(const Point& at) { return 0.5F * swell_height(at); }
float third_swell_height(const Point& at) { return 0.2F * swell_height(at); }
float swell_period(const Point& at) { return at_sea(at, 11 + 2 * at.texture); }
float second_swell_period(const Point& at) { return 0.8F * swell_period(at); }
float third_swell_period(const Point& at) { return 0.6F * swell_period(at); }
float swell_from(const Point& at) { return at_sea(at, degrees_from(at.u + 4, at.v)); }
float second_swell_from(const Point& at) { return at_sea(at, degrees_from(at.u, at.v + 4)); }
float third_swell_from(const Point& at) { return at_sea(at, degrees_from(at.u, at.v - 4)); }
float wave_height(const Point& at) { return std::hypot(wind_wave_height(at), swell_height(at)); }

}  // namespace formula

constexpr Level on(int type) { return {.first = {.type = type, .value = {}}, .second = {}}; }
constexpr Level at(int type, double value) { return {.first = {.type = type, .value = value}, .second = {}}; }

constexpr Level surface = on(1), sea_level = on(101), column = on(10), single_layer = on(200);
constexpr Level low_clouds = on(214), middle_clouds = on(224), high_clouds = on(234);
constexpr Level top_soil{.first = {.type = 106, .value = 0}, .second = Surface{.type = 106, .value = 0.1}};
constexpr Level near_top = at(100, 100), potential_vorticity = at(109, 2e-6);
constexpr Level above_ground(int metres) { return at(103, metres); }

using enum TimeStatistic;

constexpr SyntheticField odd_fields[] = {
    {{2, 0, 2}, top_soil, instant, 2, 0, formula::soil_temperature, RainKind::all, MissingValues::bitmap},
    {{2, 0, 192}, top_soil, instant, 3, 0, formula::soil_moisture, RainKind::all, MissingValues::in_packing},
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

constexpr SyntheticField portal_fields[] = {
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
static_assert(std::size(portal_fields) == 54);

constexpr SyntheticField wave_field(GribParameter parameter, Level level, int decimals, float (*value)(const Point&)) {
    return {parameter, level, instant, decimals, 0, value, RainKind::all, MissingValues::bitmap};
}

constexpr Level in_sequence(int number) { return at(241, number); }

// The nineteen fields of a file of waves.
constexpr SyntheticField wave_fields[] = {
    wave_field({0, 2, 1}, surface, 2, formula::wind_speed_at_sea),
    wave_field({0, 2, 0}, surface, 1, formula::wind_from_at_sea),
    wave_field({0, 2, 2}, surface, 2, formula::u_at_sea),
    wave_field({0, 2, 3}, surface, 2, formula::v_at_sea),
    wave_field({10, 0, 3}, surface, 2, formula::wave_height),
    wave_field({10, 0, 11}, surface, 2, formula::swell_period),
    wave_field({10, 0, 10}, surface, 1, formula::swell_from),
    wave_field({10, 0, 5}, surface, 2, formula::wind_wave_height),
    wave_field({10, 0, 8}, in_sequence(1), 2, formula::swell_height),
    wave_field({10, 0, 8}, in_sequence(2), 2, formula::second_swell_height),
    wave_field({10, 0, 8}, in_sequence(3), 2, formula::third_swell_height),
    wave_field({10, 0, 6}, surface, 2, formula::wind_wave_period),
    wave_field({10, 0, 9}, in_sequence(1), 2, formula::swell_period),
    wave_field({10, 0, 9}, in_sequence(2), 2, formula::second_swell_period),
    wave_field({10, 0, 9}, in_sequence(3), 2, formula::third_swell_period),
    wave_field({10, 0, 4}, surface, 1, formula::wind_from_at_sea),
    wave_field({10, 0, 7}, in_sequence(1), 1, formula::swell_from),
    wave_field({10, 0, 7}, in_sequence(2), 1, formula::second_swell_from),
    wave_field({10, 0, 7}, in_sequence(3), 1, formula::third_swell_from),
};

constexpr Level millibars(int value) { return at(100, value * 100.0); }

constexpr SyntheticField upper_fields[] = {
    {{0, 3, 5}, millibars(500), instant, 1, 0, formula::height_500},
    {{0, 0, 0}, millibars(500), instant, 1, 0, formula::temperature_500},
    {{0, 2, 2}, millibars(500), instant, 1, 0, formula::u_500},
    {{0, 2, 3}, millibars(500), instant, 1, 0, formula::v_500},
    {{0, 3, 5}, millibars(850), instant, 1, 0, formula::height_850},
    {{0, 0, 0}, millibars(850), instant, 1, 0, formula::temperature_850},
};

constexpr SyntheticField satellite_fields[] = {
    {{3, 192, 1}, on(8), instant, 2, 0, formula::brightness_of_vapour},
    {{3, 192, 2}, on(8), instant, 2, 0, formula::brightness},
};

constexpr std::string_view flux_names =
    "PRES TMP WEASD SNOD ICETK SPFH TMAX TMIN UGRD VGRD PRATE LHTFL SHTFL UFLX VFLX PWAT LCDC MCDC HCDC TCDC DSWRF "
    "DLWRF "
    "USWRF ULWRF HPBL LAND ICEC";
constexpr std::string_view ensemble_names =
    "PRMSL PRES TMP WEASD SNOD ICETK RH TMAX TMIN UGRD VGRD APCP CSNOW CICEP CFRZR CRAIN LHTFL SHTFL CAPE CIN PWAT "
    "TCDC "
    "DSWRF DLWRF USWRF ULWRF";

// The process of AIGFS is not known.
constexpr ProductContents contents[] = {
    {"pgrb2", portal_fields, "", 81, 96},           {"sfluxgrb", portal_fields, flux_names, 81, 96},
    {"goessimpgrb2", satellite_fields, "", 81, 96}, {"gfswave.", wave_fields, "", 11, 11},
    {"gdas.pgrb2", portal_fields, "", 81, 82},      {"gdas.sfluxgrb", portal_fields, flux_names, 81, 82},
    {"gefs.wave", wave_fields, "", 11, 11},         {"gefs.", portal_fields, ensemble_names, 107, 107, false},
    {"aigfs.pres", upper_fields, "", 96, 96},       {"aigfs.sfc", portal_fields, "PRMSL TMP UGRD VGRD APCP", 96, 96},
};

/// Returns true when the product has the field: by its name, and of the wind at 100 m only whole files have one.
bool is_in(const ProductContents& product, const SyntheticField& field) {
    if (field.statistic == run_total && !product.has_run_totals) return false;
    if (product.names.empty()) return true;
    const auto names = freshet::split_trimmed(product.names, ' ');
    return std::ranges::find(names, parameter_name(field.parameter)) != names.end() && field.level != above_ground(100);
}

using Fields = std::vector<SyntheticField>;
using Values = std::vector<std::vector<float>>;

/// The times of a lead's fields, in hours since 1970.
struct ForecastSpan {
    double analysis;
    double bucket;  ///< its start
    double lead;

    double hours() const { return lead - bucket; }
};

/// Adds one moment of the weather to a field.
void accumulate(const SyntheticField& field, const std::vector<Point>& points, std::vector<float>& values) {
    const auto value = field.value;
    switch (field.statistic) {
        case TimeStatistic::average:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] += value(points[i]);
            break;
        case TimeStatistic::maximum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::max(values[i], value(points[i]));
            break;
        case TimeStatistic::minimum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::min(values[i], value(points[i]));
            break;
        default:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = value(points[i]);
    }
}

void divide(std::vector<float>& values, double divisor) {
    for (auto& value : values) value /= static_cast<float>(divisor);
}

float initial_value(TimeStatistic statistic) {
    if (statistic == TimeStatistic::maximum) return -INFINITY;
    return statistic == TimeStatistic::minimum ? INFINITY : 0.0F;
}

/// Samples the middles of the bucket's hours for averages and extremes; extremes also include the lead.
void accumulate_bucket(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    for (double middle = span.bucket + 0.5; middle < span.lead; ++middle) {
        const auto points = weather.at(middle);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].value != nullptr && fields[i].statistic != TimeStatistic::instant) {
                accumulate(fields[i], points, values[i]);
            }
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].statistic == TimeStatistic::average) divide(values[i], span.hours());
    }
}

void sample_lead(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    const auto points = weather.at(span.lead);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr && fields[i].statistic != TimeStatistic::average)
            accumulate(fields[i], points, values[i]);
    }
}

void accumulate_rain(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr) continue;
        const double from = fields[i].statistic == TimeStatistic::run_total ? span.analysis : span.bucket;
        values[i] = weather.rain().amount(from, span.lead, fields[i].rain);
        if (fields[i].statistic == TimeStatistic::bucket_rate) divide(values[i], span.hours() * 3600);
    }
}

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
    throw freshet::ParameterError(fmt::format("unknown set of fields '{}': expected portal, odd or all", name));
}

const ProductContents& contents_of(std::string_view product) {
    const auto* const found = std::ranges::find_if(
        contents, [product](const ProductContents& each) { return product.starts_with(each.products); });
    if (found != std::end(contents)) return *found;
    throw freshet::ParameterError(fmt::format("'{}' is not a product that can be generated", product));
}

std::vector<SyntheticField> synthetic_fields(int lead, FieldSet set, std::string_view product) {
    const auto& of_product = contents_of(product);
    std::vector<SyntheticField> result;
    std::ranges::copy_if(of_product.fields, std::back_inserter(result), [&](const SyntheticField& field) {
        return (lead > 0 || field.statistic == instant) && is_in(of_product, field);
    });
    if (set != FieldSet::portal) result.insert(result.end(), std::begin(odd_fields), std::end(odd_fields));
    return result;
}

int bucket_start(int lead) { return lead == 0 ? 0 : (lead - 1) / 6 * 6; }

namespace {

/// The values of one forecast of an ensemble; number 0 is the control.
Values forecast_values(const Weather& weather, const FileKey& key, FieldSet set, int member) {
    constexpr double drift = 0.1, spread = 0.25;  // hours from revision to revision, from member to member
    const auto analysis =
        static_cast<double>(key.cycle.time_since_epoch().count()) + drift * (key.revision - 1) + spread * member;
    const ForecastSpan span{
        .analysis = analysis, .bucket = analysis + bucket_start(key.lead), .lead = analysis + key.lead};
    const auto fields = synthetic_fields(key.lead, set, key.product);
    Values values;
    for (const auto& field : fields) values.emplace_back(weather.grid().size(), initial_value(field.statistic));
    accumulate_bucket(weather, fields, span, values);
    sample_lead(weather, fields, span, values);
    accumulate_rain(weather, fields, span, values);
    return values;
}

/// Replaces the values of several forecasts, the first of which is to be the result, by their mean or deviation.
void reduce(std::vector<Values>& forecasts, MemberKind kind) {
    const auto count = static_cast<double>(forecasts.size());
    for (std::size_t field = 0; field < forecasts.front().size(); ++field) {
        for (std::size_t i = 0; i < forecasts.front()[field].size(); ++i) {
            double sum = 0, squares = 0;
            for (const Values& values : forecasts) sum += double{values[field][i]};
            for (const Values& values : forecasts) squares += std::pow(double{values[field][i]} - sum / count, 2);
            const double result = kind == MemberKind::mean ? sum / count : std::sqrt(squares / count);
            forecasts.front()[field][i] = static_cast<float>(result);
        }
    }
}

}  // namespace

Values synthetic_values(const Weather& weather, const FileKey& key, FieldSet set) {
    if (!key.member || !key.member->is_statistic())
        return forecast_values(weather, key, set, key.member ? key.member->number : 0);
    constexpr int sample = 5;
    std::vector<Values> forecasts;
    for (int member = 0; member < sample; ++member) forecasts.push_back(forecast_values(weather, key, set, member));
    reduce(forecasts, key.member->kind);
    return std::move(forecasts.front());
}

}  // namespace gfs::simulator
