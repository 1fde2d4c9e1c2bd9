// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product_codes.hpp"
#include "netcdf/file_layout.hpp"
#include "netcdf/inventory_lines.hpp"

#include "messages.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using gfs::FileLayout;
using gfs::Message;
using gfs::ProductTraits;
using gfs::test::on;

namespace {

using Names = std::vector<std::string>;
using Indices = std::vector<std::size_t>;

constexpr gfs::GribParameter temperature{0, 0, 0}, rain{0, 1, 8}, optical_thickness{0, 20, 102};
constexpr int sum = 1, ncep_local = 192;

/// Messages of one parameter, level and time that differ in their products alone.
std::vector<Message> products(const gfs::test::MessageSpec& message, const std::vector<ProductTraits>& traits) {
    std::vector<Message> all = gfs::test::messages(std::vector(traits.size(), message));
    for (std::size_t i = 0; i < all.size(); ++i) all[i].traits = traits[i];
    return all;
}

FileLayout layout_of(const std::vector<Message>& all, const gfs::LayoutOptions& options = {}) {
    return gfs::plan_layout(all, gfs::CfTable::built_in(), options);
}

Names names(const FileLayout& layout) {
    Names result;
    for (const gfs::Variable& variable : layout.variables) result.push_back(variable.name);
    return result;
}

/// "threshold 273.15 283.15", "radiation_wavelength 3.4e-07 [3.38e-07 3.42e-07]"
Names axes(const FileLayout& layout, const gfs::Variable& variable) {
    Names result;
    for (const std::size_t index : variable.axes) {
        result.push_back(layout.axes[index].name);
        for (const auto& [value, bounds] : layout.axes[index].values) {
            result.back() += fmt::format(" {}", value);
            if (bounds) result.back() += fmt::format(" [{} {}]", bounds->first, bounds->second);
        }
    }
    return result;
}

ProductTraits member(int type, int number) { return {.member = {{.type = type, .number = number}}}; }
ProductTraits above(double limit) { return {.probability = {{.type = 1, .lower = {}, .upper = limit}}}; }
ProductTraits below(double limit) { return {.probability = {{.type = 0, .lower = limit, .upper = {}}}}; }
ProductTraits derived(int code) { return {.derived = code}; }
ProductTraits percentile(int value) { return {.percentile = value}; }

ProductTraits aerosol(int constituent, double largest, double from = 0, double to = 0) {
    ProductTraits traits{.constituent = constituent, .size = {{.type = 0, .first = largest, .second = 0}}};
    if (to > 0) traits.wavelength = {.type = 7, .first = from, .second = to};
    return traits;
}

}  // namespace

TEST_CASE("members of an ensemble are one variable on a coordinate of realizations", "[netcdf]") {
    const FileLayout layout =
        layout_of(products({temperature, on(103, 2)}, {member(3, 1), member(1, 0), member(2, 1), member(3, 2)}));
    CHECK(names(layout) == Names{"air_temperature_2m"});
    CHECK(axes(layout, layout.variables[0]) == Names{"realization -1 0 1 2", "height_2m 2"});
    CHECK(layout.variables[0].messages == Indices{2, 1, 0, 3});
    CHECK(layout.axes[0].standard_name == "realization");
}

TEST_CASE("a level that one of the members lacks is missing there", "[netcdf]") {
    std::vector<Message> all = products({temperature, on(100, 50000)}, {member(3, 1), member(3, 1), member(3, 2)});
    all[1].level = on(100, 85000);
    const FileLayout layout = layout_of(all);
    CHECK(axes(layout, layout.variables[0]) == Names{"realization 1 2", "isobaric 50000 85000"});
    CHECK(layout.variables[0].messages == Indices{0, 1, 2, gfs::no_message});
    CHECK(layout.position(layout.variables[0], 3) == Indices{1, 1});
}

TEST_CASE("equal sums of two members are of one period", "[netcdf]") {
    const FileLayout layout = layout_of(products({rain, on(1, 0), 0, 6, sum}, {member(3, 1), member(3, 2)}));
    CHECK(names(layout) == Names{"precipitation_amount_surface_bucket"});
}

TEST_CASE("a member and a forecast of none do not share a file", "[netcdf]") {
    const auto all = products({temperature, on(103, 2)}, {member(3, 1), {}});
    CHECK_THROWS_WITH(layout_of(all), Contains("are of a member of an ensemble and of none: convert them separately"));
    const auto groups = gfs::group_messages(all);
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].suffix == ".members");
    CHECK(groups[1].suffix == ".alone");
}

TEST_CASE("probabilities lie on a coordinate of thresholds with the quantity's standard name and unit", "[netcdf]") {
    const FileLayout layout =
        layout_of(products({temperature, on(103, 2)}, {above(283.15), above(273.15), below(273.15), {}}));
    CHECK(names(layout) == Names{"probability_of_air_temperature_2m_above_threshold",
                                 "probability_of_air_temperature_2m_below_threshold", "air_temperature_2m"});
    const gfs::Variable& first = layout.variables[0];
    CHECK(axes(layout, first) == Names{"threshold 273.15 283.15", "height_2m 2"});
    CHECK(axes(layout, layout.variables[1]) == Names{"threshold_273p15 273.15", "height_2m 2"});
    const gfs::Axis& threshold = layout.axes[first.axes[0]];
    CHECK(threshold.standard_name == "air_temperature");
    CHECK(threshold.units == "K");
    CHECK(first.cf.standard_name.empty());
    CHECK(first.cf.units == "%");
    CHECK(first.statistic.empty());
}

TEST_CASE("the probability of a range has the range as bounds of its threshold", "[netcdf]") {
    const FileLayout layout =
        layout_of(products({temperature, on(103, 2)}, {{.probability = {{.type = 2, .lower = 270, .upper = 280}}}}));
    CHECK(names(layout) == Names{"probability_of_air_temperature_2m_between_thresholds"});
    CHECK(axes(layout, layout.variables[0])[0] == "threshold_275 275 [270 280]");
}

TEST_CASE("percentiles lie on a coordinate of their own, those that NCEP derives too", "[netcdf]") {
    constexpr int tenth = 193, median = 194;
    const FileLayout layout = layout_of(
        products({rain, on(1, 0), 0, 6, sum}, {percentile(90), derived(tenth), derived(median), percentile(5)}));
    CHECK(names(layout) == Names{"precipitation_amount_surface_bucket_percentile"});
    CHECK(axes(layout, layout.variables[0]) == Names{"percentile 5 10 50 90"});
    CHECK(layout.variables[0].cf.standard_name == "precipitation_amount");
}

TEST_CASE("mean, spread and extremes of an ensemble are variables with CF's cell methods", "[netcdf]") {
    const FileLayout layout =
        layout_of(products({temperature, on(103, 2)}, {derived(0), derived(4), derived(8), derived(9), derived(199)}));
    CHECK(names(layout) == Names{"air_temperature_2m_ensemble_mean", "air_temperature_2m_ensemble_spread",
                                 "air_temperature_2m_ensemble_minimum", "air_temperature_2m_ensemble_maximum",
                                 "air_temperature_2m_ensemble_extreme_forecast_index"});
    CHECK(gfs::product_cell_methods(layout.variables[0].traits) == "realization: mean");
    CHECK(gfs::product_cell_methods(layout.variables[1].traits) == "realization: standard_deviation");
    CHECK(layout.variables[1].cf.standard_name == "air_temperature");
    CHECK(layout.variables[4].cf.standard_name.empty());
    CHECK(layout.variables[4].cf.units.empty());
}

TEST_CASE("mean and maximum over an area are two variables", "[netcdf]") {
    const FileLayout layout =
        layout_of(products({temperature, on(100, 25000)}, {{.area_process = 0}, {.area_process = 2}}));
    CHECK(names(layout) == Names{"air_temperature_isobaric_area_mean", "air_temperature_isobaric_area_maximum"});
    CHECK(gfs::product_cell_methods(layout.variables[1].traits) == "area: maximum");
}

TEST_CASE("kind and size of an aerosol are parts of the name, and its wavelengths a coordinate", "[netcdf]") {
    constexpr int dust = 62001, all_kinds = 62000;
    const FileLayout layout =
        layout_of(products({optical_thickness, on(10, 0)},
                           {aerosol(dust, 1e-5, 5.45e-7, 5.65e-7), aerosol(dust, 2.5e-6),
                            aerosol(all_kinds, 1e-5, 5.45e-7, 5.65e-7), aerosol(all_kinds, 1e-5, 3.38e-7, 3.42e-7)}),
                  {.unknown = gfs::UnknownMessages::keep});
    const std::string name = names(layout)[0].substr(0, names(layout)[0].find("_dust"));
    CHECK(names(layout) == Names{name + "_dust_dry_smaller_than_10um", name + "_dust_dry_smaller_than_2p5um",
                                 name + "_total_aerosol_smaller_than_10um"});
    CHECK(axes(layout, layout.variables[0]) == Names{"radiation_wavelength_555nm 5.55e-07 [5.45e-07 5.65e-07]"});
    CHECK(axes(layout, layout.variables[2]) ==
          Names{"radiation_wavelength 3.4e-07 [3.38e-07 3.42e-07] 5.55e-07 [5.45e-07 5.65e-07]"});
}

TEST_CASE("unknown codes of a product are told, or kept as numbers", "[netcdf]") {
    const auto check = [](const ProductTraits& traits, const std::string& why, const std::string& name) {
        const auto one = products({temperature, on(103, 2)}, {traits});
        CHECK_THROWS_WITH(layout_of(one), Contains(why));
        CHECK(names(layout_of(one, {.unknown = gfs::UnknownMessages::keep})) == Names{name});
    };
    check(derived(200), "its derived forecast is 200", "air_temperature_2m_derived_200");
    check({.area_process = 77}, "its statistical process over an area is 77", "air_temperature_2m_area_process_77");
    check({.probability = {{.type = ncep_local, .lower = 1, .upper = {}}}}, "its type of probability is 192",
          "probability_of_air_temperature_2m_event_192");
}

TEST_CASE("a message that is equal to another one has its place and is counted", "[netcdf]") {
    const auto all = products({temperature, on(103, 2)}, {member(3, 1), member(3, 1), member(3, 2)});
    const FileLayout layout = layout_of(all, {.are_equal = [](const Message&, const Message&) { return true; }});
    CHECK(layout.repetitions == 1);
    CHECK(layout.variables[0].messages == Indices{0, 2});
    CHECK_THROWS_WITH(layout_of(all), Contains("message 1 at byte 0 and message 2 at byte 1000"));
}

TEST_CASE("the last fields of an inventory's line are wgrib2's", "[netcdf]") {
    const auto text = [](const ProductTraits& traits) { return gfs::product_text(traits); };
    CHECK(text({}).empty());
    CHECK(text(member(3, 4)) == "ENS=+4");
    CHECK(text(member(2, 4)) == "ENS=-4");
    CHECK(text(member(1, 0)) == "ENS=low-res ctl");
    CHECK(text(derived(0)) == "ens mean");
    CHECK(text(above(0.254)) == "prob >0.254");
    CHECK(text(below(273.15)) == "prob <273.15");
    CHECK(text(percentile(10)) == "10% level");
    CHECK(text(aerosol(62001, 1e-5, 5.45e-7, 5.65e-7)) ==
          "aerosol=Dust Dry:aerosol_size <1e-05:aerosol_wavelength >=5.45e-07,<=5.65e-07");
}
