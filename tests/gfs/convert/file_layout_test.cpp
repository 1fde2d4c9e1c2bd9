// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/file_layout.hpp"
#include "netcdf/inventory_lines.hpp"
#include "netcdf/tiles.hpp"

#include "messages.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using gfs::FileLayout;
using gfs::test::between;
using gfs::test::messages;
using gfs::test::MessageSpec;
using gfs::test::on;

namespace {

constexpr gfs::GribParameter temperature{0, 0, 0}, wind{0, 2, 2}, rain{0, 1, 8}, rain_rate{0, 1, 7}, helicity{0, 7, 8},
    snow{0, 1, 13};
constexpr int average = 0, sum = 1, maximum = 2;

FileLayout layout_of(const std::vector<MessageSpec>& all) {
    return gfs::plan_layout(messages(all), gfs::CfTable::built_in());
}

FileLayout layout_with_unknown(const std::vector<MessageSpec>& all) {
    return gfs::plan_layout(messages(all), gfs::CfTable::built_in(), {.unknown = gfs::UnknownMessages::keep});
}

/// The layout with unknown parameters, which eccodes calls so.
FileLayout layout_with_names(const std::vector<gfs::Message>& all, const gfs::EccodesNames& theirs) {
    return gfs::plan_layout(
        all, gfs::CfTable::built_in(),
        {.unknown = gfs::UnknownMessages::keep, .eccodes_names = [&](const gfs::Message&) { return theirs; }});
}

std::vector<std::string> names(const FileLayout& layout) {
    std::vector<std::string> result;
    for (const gfs::Variable& variable : layout.variables) result.push_back(variable.name);
    return result;
}

using Names = std::vector<std::string>;

/// The names in a file of NCEP's generating process `process` that is not known to be one of the GFS.
Names inferred_names(const std::vector<MessageSpec>& all, int process) {
    std::vector<gfs::Message> made = messages(all);
    for (gfs::Message& message : made) message.process_identifier = process;
    return names(gfs::plan_layout(made, gfs::CfTable::built_in(), {.buckets = gfs::Buckets::inferred}));
}

}  // namespace

TEST_CASE("up to 6 h the first of two equal sums is the bucket and the second the run total", "[netcdf]") {
    const FileLayout layout = layout_of({{rain, on(1, 0), 0, 6, sum}, {rain, on(1, 0), 0, 6, sum}});
    CHECK(names(layout) == Names{"precipitation_amount_surface_bucket", "precipitation_amount_surface_run"});
    CHECK(layout.times.at(layout.variables[0].time_coordinate).name == "time_bucket");
    CHECK(layout.times.at(layout.variables[1].time_coordinate).name == "time_run");
}

TEST_CASE("after 6 h bucket and run total are distinguished by their start, in any order", "[netcdf]") {
    const FileLayout layout = layout_of({{rain, on(1, 0), 0, 12, sum}, {rain, on(1, 0), 6, 12, sum}});
    CHECK(names(layout) == Names{"precipitation_amount_surface_run", "precipitation_amount_surface_bucket"});
}

TEST_CASE("an hour into a bucket the bucket begins at the last multiple of 6 h", "[netcdf]") {
    const FileLayout layout = layout_of({{rain, on(1, 0), 6, 7, sum}, {rain, on(1, 0), 0, 7, sum}});
    CHECK(names(layout) == Names{"precipitation_amount_surface_bucket", "precipitation_amount_surface_run"});
}

TEST_CASE("an instant and an average of one name are two variables", "[netcdf]") {
    const FileLayout layout = layout_of({{rain_rate, on(1, 0)}, {rain_rate, on(1, 0), 0, 6, average}});
    CHECK(names(layout) == Names{"precipitation_flux_surface", "precipitation_flux_surface_average"});
    CHECK(layout.variables[0].statistic == "point");
    CHECK(layout.variables[1].statistic == "mean");
}

TEST_CASE("an interval that is neither bucket nor run is named by its length", "[netcdf]") {
    const FileLayout layout = layout_of(
        {{rain, on(1, 0), 3, 6, sum}, {temperature, on(1, 0), 5, 6, maximum}, {rain_rate, on(1, 0), -17, 6, average}});
    CHECK(names(layout) == Names{"precipitation_amount_surface_3h", "surface_temperature_surface_maximum_hour",
                                 "precipitation_flux_surface_average_23h"});
    CHECK(layout.times.at(1).name == "time_3h");
    CHECK(layout.times.at(2).name == "time_hour");
    std::vector<gfs::Message> one = messages({{rain, on(1, 0), 6, 6, sum}});
    one[0].validity.begin -= std::chrono::minutes(15);
    CHECK(names(gfs::plan_layout(one, gfs::CfTable::built_in())) == Names{"precipitation_amount_surface_15min"});
}

TEST_CASE("the sum of the last hour and the sum since the analysis have one name each at all leads", "[netcdf]") {
    const Names expected{"precipitation_amount_surface_run", "precipitation_amount_surface_hour"};
    for (const int process : {83, 96}) {
        for (const int lead : {1, 2, 6, 7, 8, 12, 13}) {
            INFO("process " << process << ", lead " << lead);
            CHECK(inferred_names({{rain, on(1, 0), 0, lead, sum}, {rain, on(1, 0), lead - 1, lead, sum}}, process) ==
                  expected);
        }
    }
}

TEST_CASE("a maximum of the last hour has one name at all leads, the first too", "[netcdf]") {
    for (const int lead : {1, 2, 6, 7})
        CHECK(inferred_names({{temperature, on(103, 2), lead - 1, lead, maximum}}, 83) ==
              Names{"air_temperature_2m_maximum_hour"});
}

TEST_CASE("statistics of the GFS and the GEFS since the last multiple of 6 h have one name at all leads", "[netcdf]") {
    for (const int process : {96, 107}) {
        for (const int lead : {1, 2, 6, 7, 8, 12, 13}) {
            INFO("process " << process << ", lead " << lead);
            const int bucket = (lead - 1) / 6 * 6;
            CHECK(inferred_names({{rain, on(1, 0), bucket, lead, sum},
                                  {rain, on(1, 0), 0, lead, sum},
                                  {rain_rate, on(1, 0), bucket, lead, average}},
                                 process) == Names{"precipitation_amount_surface_bucket",
                                                   "precipitation_amount_surface_run",
                                                   "precipitation_flux_surface_average"});
        }
    }
    CHECK(inferred_names({{rain, on(1, 0), 6, 9, sum}}, 96) == Names{"precipitation_amount_surface_bucket"});
    CHECK(inferred_names({{rain, on(1, 0), 6, 9, sum}}, 84) == Names{"precipitation_amount_surface_3h"});
}

TEST_CASE("two equal sums since the analysis that are no bucket stay an error in files of the GFS", "[netcdf]") {
    CHECK_THROWS_WITH(layout_of({{rain, on(1, 0), 0, 12, sum}, {rain, on(1, 0), 0, 12, sum}}),
                      Contains("would both be 'precipitation_amount_surface_run'"));
}

TEST_CASE("an accumulation of snow is what fell, and an instant what lies", "[netcdf]") {
    const FileLayout layout = layout_of(
        {{snow, on(1, 0)}, {snow, on(1, 0), 5, 6, sum}, {snow, on(1, 0), 0, 6, sum}, {snow, on(1, 0), 0, 6, average}});
    CHECK(names(layout) == Names{"surface_snow_amount_surface", "snowfall_amount_surface_hour",
                                 "snowfall_amount_surface_bucket", "surface_snow_amount_surface_average"});
    CHECK(layout.variables[1].cf.standard_name == "snowfall_amount");
    CHECK(layout.variables[1].cf.units == "kg m-2");
}

TEST_CASE("a statistic over several time ranges has no name of the quantity inside", "[netcdf]") {
    std::vector<gfs::Message> one = messages({{rain, on(1, 0), 0, 6, average}});
    one[0].time_ranges = 2;
    CHECK_THROWS_WITH(gfs::plan_layout(one, gfs::CfTable::built_in()),
                      Contains("its interval is made of 2 time ranges"));
    const FileLayout layout = layout_with_names(one, {.name = "Total Precipitation"});
    CHECK(names(layout) == Names{"parameter_0_1_8_surface_2_time_ranges_bucket"});
    CHECK(layout.variables[0].cf.standard_name.empty());
    CHECK(layout.variables[0].cf.long_name == "Total Precipitation, 2 time ranges");
    CHECK(layout.variables[0].statistic.empty());
}

TEST_CASE("the statistical processes of NCEP's own are named, and no statistic of an interval where they are none",
          "[netcdf]") {
    constexpr int forecasts = 193, sums_6h_apart = 204, climate = 199;
    const std::vector<MessageSpec> specs{{temperature, on(103, 2), 0, 6, forecasts},
                                         {snow, on(1, 0), 0, 6, sums_6h_apart},
                                         {temperature, on(103, 2), 0, 6, climate},
                                         {temperature, on(103, 2), 0, 6, average}};
    const FileLayout layout = layout_of(specs);
    CHECK(names(layout) == Names{"air_temperature_2m_average_of_forecasts",
                                 "snowfall_amount_surface_average_of_sums_6h_apart",
                                 "tmp_2m_climatological_average_of_analyses", "air_temperature_2m_average"});
    CHECK(layout.variables[0].statistic == "mean");
    CHECK(layout.variables[0].cf.standard_name == "air_temperature");
    CHECK_THAT(layout.variables[0].cf.comment, Contains("average of forecasts, or of initialized analyses"));
    CHECK(layout.variables[1].cf.standard_name == "snowfall_amount");
    CHECK(layout.variables[2].statistic.empty());
    CHECK(layout.variables[2].cf.standard_name.empty());
    CHECK(layout.variables[3].cf.comment.empty());
    for (int process = 192; process <= 207; ++process)
        CHECK_NOTHROW(layout_of({{temperature, on(103, 2), 0, 6, process}}));
    std::vector<gfs::Message> foreign = messages({{temperature, on(103, 2), 0, 6, forecasts}});
    foreign[0].centre = "ecmf";
    CHECK_THROWS_WITH(gfs::plan_layout(foreign, gfs::CfTable::built_in()), Contains("its statistical process is 193"));
}

TEST_CASE("variables with the same levels share a dimension, others get their own", "[netcdf]") {
    const FileLayout layout = layout_of({{wind, on(100, 85000)},
                                         {temperature, on(100, 85000)},
                                         {temperature, on(100, 50000)},
                                         {helicity, between(103, 3000, 0)},
                                         {wind, on(100, 50000)},
                                         {{0, 3, 5}, on(100, 25000)},
                                         {{0, 3, 5}, on(100, 50000)},
                                         {{0, 3, 5}, on(100, 85000)}});
    CHECK(layout.axes.size() == 3);
    CHECK(layout.axes.at(layout.variables[0].axes.at(0)).name == "isobaric1");
    CHECK(layout.variables[0].axes == layout.variables[1].axes);
    CHECK(layout.variables[1].messages == std::vector<std::size_t>{2, 1});
    CHECK(layout.axes.at(layout.variables[2].axes.at(0)).name == "height_layer_3000_to_0m");
    CHECK(layout.axes.at(layout.variables[3].axes.at(0)).name == "isobaric");
}

TEST_CASE("heights above ground are variables of their own", "[netcdf]") {
    CHECK(names(layout_of({{wind, on(103, 10)}, {wind, on(103, 100)}})) ==
          Names{"eastward_wind_10m", "eastward_wind_100m"});
}

TEST_CASE("both pressures at mean sea level have a name", "[netcdf]") {
    CHECK(names(layout_of({{{0, 3, 1}, on(101, 0)}, {{0, 3, 192}, on(101, 0)}})) ==
          Names{"air_pressure_at_mean_sea_level_mean_sea_level", "mslet_mean_sea_level"});
}

TEST_CASE("a message of unknown meaning is an error that gives its position and the reason", "[netcdf]") {
    const std::vector<MessageSpec> some{
        {temperature, on(103, 2)}, {{0, 191, 240}, on(1, 0)}, {temperature, on(133, 5)}};
    CHECK_THROWS_WITH(layout_of(some),
                      Contains("2 messages are of unknown meaning: first message 2 at byte 1000") &&
                          Contains("its parameter is 0-191-240 of 'kwbc', which is not in the CF table"));
    CHECK_THROWS_WITH(layout_of({{temperature, on(133, 5)}}), Contains("its level is 133:5, of an unknown type"));
    CHECK_THROWS_WITH(layout_of({{temperature, on(103, 2), 0, 6, 210}}), Contains("its statistical process is 210"));
}

TEST_CASE("a local parameter number has NCEP's meaning only in messages of NCEP", "[netcdf]") {
    std::vector<gfs::Message> one = messages({{{0, 1, 192}, on(1, 0)}});
    CHECK(names(gfs::plan_layout(one, gfs::CfTable::built_in())) == Names{"crain_surface"});
    one[0].centre = "ecmf";
    CHECK_THROWS_WITH(gfs::plan_layout(one, gfs::CfTable::built_in()), Contains("its parameter is 0-1-192 of 'ecmf'"));
}

TEST_CASE("an unknown parameter is named by its numbers", "[netcdf]") {
    const FileLayout layout = layout_with_unknown({{{0, 191, 240}, on(1, 0)}});
    CHECK(names(layout) == Names{"parameter_0_191_240_surface"});
    CHECK(layout.variables[0].cf.long_name == "GRIB2 parameter 0-191-240");
}

TEST_CASE("a parameter without a row has eccodes' name and its units in CF's notation", "[netcdf]") {
    const std::vector<gfs::Message> one = messages({{{0, 191, 240}, on(1, 0)}});
    for (const auto& [theirs, ours] :
         {std::pair("kg m**-2 s**-1", "kg m-2 s-1"), std::pair("K", "K"), std::pair("(Code table 4.222)", ""),
          std::pair("Numeric", ""), std::pair("10**-6 g m**-3", "10-6 g m-3"), std::pair("Degree true", "degree"),
          std::pair("hPa h**-1", "hPa h-1")}) {
        const FileLayout layout = layout_with_names(one, {.name = "Something that falls", .units = theirs});
        CHECK(layout.variables[0].cf.long_name == "Something that falls");
        CHECK(layout.variables[0].cf.units == ours);
    }
}

TEST_CASE("eccodes is asked for names only where the table has no row", "[netcdf]") {
    std::vector<std::string> asked;
    const auto record = [&](const gfs::Message& message) {
        asked.push_back(gfs::to_text(message.parameter));
        return gfs::EccodesNames{};
    };
    gfs::plan_layout(messages({{temperature, on(103, 2)}, {{0, 191, 240}, on(1, 0)}, {rain, on(1, 0), 0, 6, sum}}),
                     gfs::CfTable::built_in(), {.unknown = gfs::UnknownMessages::keep, .eccodes_names = record});
    CHECK(asked == std::vector<std::string>{"0-191-240"});
}

TEST_CASE("winds along the axes of a map are not called eastward and northward", "[netcdf]") {
    std::vector<gfs::Message> two = messages({{wind, on(103, 10)}, {{0, 2, 3}, on(103, 10)}});
    for (gfs::Message& message : two) message.grid.winds_follow_grid = true;
    CHECK(names(gfs::plan_layout(two, gfs::CfTable::built_in())) == Names{"eastward_wind_10m", "northward_wind_10m"});
    for (gfs::Message& message : two) message.grid.kind = gfs::GridKind::lambert;
    CHECK(names(gfs::plan_layout(two, gfs::CfTable::built_in())) == Names{"x_wind_10m", "y_wind_10m"});
}

TEST_CASE("names hold letters, digits and underscores and begin with a letter", "[netcdf]") {
    CHECK(names(layout_of({{{0, 3, 193}, on(100, 50000)}, {{0, 3, 194}, on(1, 0), 0, 6, average}})) ==
          Names{"ncep_5wavh_isobaric", "u_gwd_surface_average"});
}

TEST_CASE("two messages for one variable are an error that names both", "[netcdf]") {
    CHECK_THROWS_WITH(layout_of({{temperature, on(103, 2)}, {wind, on(103, 10)}, {temperature, on(103, 2)}}),
                      Contains("message 1 at byte 0 and message 3 at byte 2000") &&
                          Contains("'TMP:2 m above ground:6 hour fcst'") &&
                          Contains("would both be 'air_temperature_2m'"));
    CHECK_THROWS_WITH(
        layout_of({{rain, on(1, 0), 0, 6, sum}, {rain, on(1, 0), 0, 6, sum}, {rain, on(1, 0), 0, 6, sum}}),
        Contains("would both be 'precipitation_amount_surface_run'"));
}

TEST_CASE("messages of different leads, cycles and grids are refused", "[netcdf]") {
    CHECK_THROWS_WITH(layout_of({{temperature, on(103, 2)}, {wind, on(103, 10), 9, 9}}),
                      Contains("message 1 at byte 0 and message 2 at byte 1000 are valid at different times"));
    auto all = messages({{temperature, on(103, 2)}, {wind, on(103, 10)}});
    all[1].grid.rows = 5;
    CHECK_THROWS_WITH(gfs::plan_layout(all, gfs::CfTable::built_in()), Contains("have different grids"));
    CHECK_THROWS_WITH(layout_of({}), Contains("the file has no message"));
}

TEST_CASE("a maximum without a statistical process is known by its parameter", "[netcdf]") {
    CHECK(names(layout_of({{{0, 0, 4}, on(103, 2), 0, 6, 255}})) == Names{"air_temperature_2m_maximum"});
}

TEST_CASE("a message is written as in NCEP's inventories", "[netcdf]") {
    const auto all = messages({{temperature, on(103, 2)},
                               {rain, on(1, 0), 0, 24, sum},
                               {rain_rate, on(1, 0), 6, 7, average},
                               {wind, on(7, 0), 0, 0}});
    const auto& table = gfs::CfTable::built_in();
    CHECK(gfs::inventory_line(all[0], table) == "TMP:2 m above ground:6 hour fcst");
    CHECK(gfs::inventory_line(all[1], table) == "APCP:surface:0-1 day acc fcst");
    CHECK(gfs::inventory_line(all[2], table) == "PRATE:surface:6-7 hour ave fcst");
    CHECK(gfs::inventory_line(all[3], table) == "UGRD:tropopause:anl");
}

TEST_CASE("tiles of one extent cover a field, and a map is one", "[netcdf]") {
    const gfs::Grid grid{.columns = 1440, .rows = 721};
    REQUIRE(gfs::field_tiles(grid, gfs::Chunks::map).size() == 1);
    CHECK(gfs::field_tiles(grid, gfs::Chunks::map)[0].rows == 721);
    const auto tiles = gfs::field_tiles(grid, gfs::Chunks::series);
    REQUIRE(tiles.size() == 16);
    std::vector<int> covered(grid.size());
    for (const gfs::Tile& tile : tiles) {
        CHECK((tile.rows == 181 && tile.columns == 360));
        for (std::size_t row = tile.row; row < std::min<std::size_t>(tile.row + tile.rows, 721); ++row)
            for (std::size_t column = tile.column; column < tile.column + tile.columns; ++column)
                ++covered.at(row * 1440 + column);
    }
    CHECK(std::ranges::count(covered, 1) == 721 * 1440);
    CHECK(gfs::field_tiles({.columns = 360, .rows = 181}, gfs::Chunks::series).size() == 1);
}
