// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cycle_fixture.hpp"
#include "netcdf/map_fields.hpp"
#include "support/little_room.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using gfs::fill_value;
using gfs::test::content;
using gfs::test::counted;
using gfs::test::CycleFixture;
using gfs::test::encode;
using gfs::test::humidity;
using gfs::test::rain;
using gfs::test::temperature;
using gfs::test::two_members;

namespace {

/// The values of several fields, one after the other.
std::vector<float> floats(const std::vector<std::vector<double>>& fields) {
    std::vector<float> all;
    for (const auto& field : fields)
        for (const double value : field) all.push_back(static_cast<float>(value));
    return all;
}

const std::vector<double> missing(12, fill_value);

}  // namespace

TEST_CASE("the file of a cycle has the values of every lead on one time dimension", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(3, temperature(3, 100) + rain(0, 3, counted(7)));
    cycle.add_lead(6, temperature(6, 50) + rain(0, 6, counted(30)));
    CHECK(cycle.write().empty());
    CHECK(cycle.dimensions("air_temperature_2m") == std::vector<std::string>{"time", "latitude", "longitude"});
    CHECK(cycle.values("air_temperature_2m") == floats({counted(1), counted(100), counted(50)}));
    CHECK(cycle.values("forecast_period") == std::vector<float>{0, 3, 6});
    CHECK(cycle.file().getDim("time").isUnlimited());
}

TEST_CASE("what a lead lacks is missing at its time", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)));
    cycle.write();
    CHECK(cycle.values("precipitation_amount_surface_bucket") == floats({missing, counted(7)}));
    std::vector<double> ends(2), bounds(4);
    const auto file = cycle.file();
    file.getVar("time_bucket").getVar(ends.data());
    file.getVar("time_bucket_bnds").getVar(bounds.data());
    double fill = 0;
    file.getVar("time_bucket").getAtt("_FillValue").getValues(&fill);
    CHECK(ends[0] == fill);
    CHECK(bounds[1] == fill);
    CHECK(bounds[3] == ends[1]);
    CHECK(bounds[3] - bounds[2] == 6 * 3600);
}

TEST_CASE("the file of a cycle reads the leads beside it, wherever their folder is", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 100));
    cycle.add_lead(6, temperature(6, 50));
    cycle.write();
    const freshet::test::TempDir elsewhere;
    for (const auto& entry : std::filesystem::directory_iterator(cycle.folder.path()))
        std::filesystem::rename(entry.path(), elsewhere / entry.path().filename().string());
    std::filesystem::create_symlink("a.nc", elsewhere / "link.nc");
    cycle.request.netcdf = elsewhere / "link.nc";
    CHECK(cycle.values("air_temperature_2m") == floats({counted(100), counted(50)}));
    CHECK(std::filesystem::file_size(elsewhere / "a.nc") < 40'000);
}

TEST_CASE("a field has all levels that it has in any lead", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, humidity(3, 50000, 1) + humidity(3, 85000, 2));
    cycle.add_lead(6, humidity(6, 50000, 3) + humidity(6, 70000, 4) + humidity(6, 85000, 5));
    CHECK(cycle.write().empty());
    CHECK(cycle.values("isobaric") == std::vector<float>{50000, 70000, 85000});
    CHECK(cycle.values("relative_humidity_isobaric") ==
          floats({counted(1), missing, counted(2), counted(3), counted(4), counted(5)}));
    CHECK(cycle.text("isobaric", "units") == "Pa");
}

TEST_CASE("members, levels and thresholds have all their values in the file of a cycle", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, two_members(3, 50000, 85000, 1));
    cycle.add_lead(6, two_members(6, 50000, 70000, 11));
    CHECK(cycle.write().empty());
    CHECK(cycle.dimensions("air_temperature_isobaric") ==
          std::vector<std::string>{"time", "realization", "isobaric", "latitude", "longitude"});
    CHECK(cycle.values("realization") == std::vector<float>{1, 2});
    CHECK(cycle.values("air_temperature_isobaric") ==
          floats({counted(1), missing, counted(2), counted(3), missing, counted(4), counted(11), counted(12), missing,
                  counted(13), counted(14), missing}));
    CHECK(cycle.text("realization", "standard_name") == "realization");
}

TEST_CASE("a field whose dimensions differ from lead to lead is left out there and named", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, humidity(3, 50000, 1) + humidity(3, 85000, 2));
    cycle.add_lead(6, humidity(6, 50000, 3));
    const auto left_out = cycle.write();
    REQUIRE(left_out.size() == 1);
    CHECK_THAT(left_out[0], Contains("'relative_humidity_isobaric' of 'a.f006.nc'"));
    CHECK(cycle.values("relative_humidity_isobaric") == floats({counted(1), counted(2), missing, missing}));
}

TEST_CASE("the file of a cycle has the leads' attributes and its own extent in time", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 100) + rain(0, 3, counted(7)));
    cycle.add_lead(6, temperature(6, 50) + rain(0, 6, counted(30)));
    cycle.write();
    CHECK(cycle.text("precipitation_amount_surface_bucket", "cell_methods") == "time: sum");
    CHECK(cycle.text("precipitation_amount_surface_bucket", "coordinates") ==
          "forecast_reference_time forecast_period time_bucket");
    CHECK(cycle.text("time_bucket", "bounds") == "time_bucket_bnds");
    CHECK(cycle.text("", "id") == "gfs.test.cycle");
    CHECK(cycle.text("", "Conventions") == "CF-1.8, ACDD-1.3");
    CHECK(cycle.text("", "date_created") == "2022-03-15T26:00:00Z");  // the last lead's
    CHECK(cycle.text("", "time_coverage_start") == "2022-03-15T18:00:00Z");
    CHECK(cycle.text("", "time_coverage_end") == "2022-03-16T00:00:00Z");
    CHECK(cycle.text("", "time_coverage_duration") == "PT6H");
    CHECK(cycle.text("", "time_coverage_resolution") == "PT3H");
}

TEST_CASE("the files over a cycle leave the steps of rounded values to its leads", "[netcdf]") {
    CycleFixture cycle;
    for (const int hour : {3, 6})
        cycle.add_lead(hour, temperature(hour, 100), gfs::Chunks::map, gfs::Precision::packing);
    cycle.write();
    const auto attributes = cycle.file().getVar("air_temperature_2m").getAtts();
    CHECK(attributes.count("rounding_rule") == 1);
    for (const std::string& own : gfs::own_lead_attributes) CHECK(attributes.count(own) == 0);
    CHECK_THAT(gfs::cycle_ncml(cycle.request, gfs::read_cycle_content(cycle.request.leads)).text,
               Contains(R"(<variable name="air_temperature_2m"><remove type="attribute" name="least_significant)"));
}

TEST_CASE("the same leads give the same file of the cycle", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)));
    cycle.write();
    const std::string first = content(cycle.request.netcdf);
    cycle.request.netcdf = cycle.folder / "b.nc";
    cycle.write();
    CHECK(content(cycle.request.netcdf) == first);
}

TEST_CASE("a lead on another grid, or that is no file, is an error that names it", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, encode({.goes_north = true}));
    CHECK_THROWS_WITH(cycle.write(), Contains("a.f006.nc' has another"));
    cycle.request.leads.back() = cycle.folder / "absent.nc";
    CHECK_THROWS_WITH(cycle.write(), Contains("absent.nc'"));
}

TEST_CASE("a full disk is the error of writing the file of a cycle", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(6, temperature(6, 1));
    for (const rlim_t room : {rlim_t{100}, rlim_t{3000}}) {
        const freshet::test::FileSizeLimit little(room);
        INFO(room << " bytes");
        CHECK_THROWS_WITH(cycle.write(), Contains("write ") && Contains("a.nc") && Contains("too large"));
    }
}

TEST_CASE("the maps of each lead are known from the file of the cycle alone", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)) + humidity(6, 50000, 3) + humidity(6, 70000, 4));
    cycle.write();
    for (const auto& lead : cycle.request.leads) std::filesystem::remove(lead);
    const auto fields = gfs::read_map_fields(cycle.request.netcdf);
    REQUIRE(fields.size() == 2);
    const auto& analysis = fields.at("a.f000.nc").fields;
    const gfs::MapField warm{.variable = "air_temperature_2m",
                             .standard_name = "air_temperature",
                             .long_name = cycle.text("air_temperature_2m", "long_name"),
                             .units = "K"};
    CHECK(analysis == std::vector<gfs::MapField>{warm});
    const gfs::MapFields& later = fields.at("a.f006.nc");
    REQUIRE(later.fields.size() == 2);  // not the humidity, which has levels
    CHECK(later.fields[0] == warm);
    CHECK(later.fields[1].variable == "precipitation_amount_surface_bucket");
    CHECK(later.latitude.count == 3);
    CHECK(later.longitude.count == 4);
}
