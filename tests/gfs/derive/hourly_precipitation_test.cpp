// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "derive/hourly_precipitation.hpp"

#include "derive/converting.hpp"
#include "netcdf/define_file.hpp"

#include <catch2/catch.hpp>

using gfs::accumulation_difference;
using gfs::fill_value;
using gfs::HourlyPrecipitation;
using gfs::test::ConversionFixture;
using gfs::test::encode;
using gfs::test::rain;

namespace {

const std::vector<double> little{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
const std::vector<double> more{0, 0, 1, 1, 1, 1, 3, 3, 2, 2, 10, 10};
const std::vector<float> difference{0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 8, 8};

/// Converts `messages` with `earlier` as what the lead before has.
bool convert_after(ConversionFixture& fixture, const std::string& messages, const std::string& earlier) {
    gfs::test::write(fixture.folder / "earlier.grib2", earlier);
    gfs::PreviousAccumulationReader sums(fixture.folder / "earlier.grib2", fixture.area);
    HourlyPrecipitation hourly(&sums);
    fixture.convert(messages, {&hourly});
    return hourly.is_planned();
}

}  // namespace

TEST_CASE("the amount between two sums is their difference", "[enhance]") {
    CHECK(accumulation_difference(std::vector{1.0F, 2.5F}, std::vector{4.0F, 2.5F}, 0) == std::vector{3.0F, 0.0F});
}

TEST_CASE("a decrease within the packing tolerance counts as zero", "[enhance]") {
    // Steps of 1/16 and 1/8: the sums are off by up to 1/32 and 1/16.
    CHECK(accumulation_difference(std::vector{1.0F}, std::vector{0.90625F}, 1.0 / 32 + 1.0 / 16) == std::vector{0.0F});
}

TEST_CASE("a larger decrease makes the hour missing", "[enhance]") {
    CHECK(accumulation_difference(std::vector{7.0F}, std::vector{1.0F}, 0.1) == std::vector{fill_value});
}

TEST_CASE("a point missing in one sum is missing in the difference", "[enhance]") {
    CHECK(accumulation_difference(std::vector{fill_value, 1.0F}, std::vector{4.0F, fill_value}, 0) ==
          std::vector{fill_value, fill_value});
}

TEST_CASE("inside a bucket the last hour is the difference of two leads", "[enhance]") {
    ConversionFixture fixture;
    CHECK(convert_after(fixture, rain(6, 9, more), rain(6, 8, little) + rain(0, 8, more)));
    CHECK(fixture.values("precipitation_amount_surface_hour") == difference);
}

TEST_CASE("the last hour of a bucket is the difference within it", "[enhance]") {
    ConversionFixture fixture;
    CHECK(convert_after(fixture, rain(6, 12, more) + rain(0, 12, more), rain(6, 11, little)));
    CHECK(fixture.values("precipitation_amount_surface_hour") == difference);
}

TEST_CASE("in the first hour of a bucket the sum is the hour's own", "[enhance]") {
    for (const int before : {0, 6}) {
        ConversionFixture fixture;
        HourlyPrecipitation hourly(nullptr);
        fixture.convert(rain(before, before + 1, more), {&hourly});
        CHECK(fixture.values("precipitation_amount_surface_hour") ==
              fixture.values("precipitation_amount_surface_bucket"));
    }
}

TEST_CASE("the hour has its own time coordinate, whose bounds are an hour apart", "[enhance]") {
    ConversionFixture fixture;
    convert_after(fixture, rain(6, 9, more), rain(6, 8, little));
    CHECK(fixture.text("precipitation_amount_surface_hour", "cell_methods") == "time: sum");
    CHECK(fixture.text("precipitation_amount_surface_hour", "coordinates") ==
          "forecast_reference_time forecast_period time_hour");
    CHECK(fixture.text("precipitation_amount_surface_hour", "units") == "kg m-2");
    CHECK(fixture.text("precipitation_amount_surface_hour", "standard_name") == "precipitation_amount");
    CHECK(fixture.text("precipitation_amount_surface_hour", "derived_from") == "precipitation_amount_surface_bucket");
    const netCDF::NcFile file((fixture.folder / "a.nc").string(), netCDF::NcFile::read);
    double bounds[2];
    double end = 0;
    file.getVar("time_hour_bnds").getVar(bounds);
    file.getVar("time").getVar(&end);
    CHECK(bounds[1] == end);
    CHECK(bounds[1] - bounds[0] == 3600);
}

TEST_CASE("without the sum one hour earlier no hourly variable is added", "[enhance]") {
    ConversionFixture fixture;
    CHECK_FALSE(convert_after(fixture, rain(6, 9, more), rain(6, 7, little)));  // two hours earlier
    CHECK_FALSE(convert_after(fixture, rain(6, 9, more), rain(0, 8, little)));  // another beginning
    CHECK_FALSE(convert_after(fixture, rain(6, 9, more), ""));
    HourlyPrecipitation nothing_earlier(nullptr);
    fixture.convert(rain(120, 123, more), {&nothing_earlier});
    CHECK_FALSE(nothing_earlier.is_planned());
    CHECK_FALSE(fixture.has("precipitation_amount_surface_hour"));
}

TEST_CASE("the hourly amount is cut to the area like other fields", "[enhance]") {
    ConversionFixture fixture;
    fixture.area = gfs::Area::parse("-90,0,0,90");
    convert_after(fixture, rain(6, 9, more), rain(6, 8, little));
    CHECK(fixture.values("precipitation_amount_surface_hour") == std::vector<float>{1, 0, 2, 0});
}
