// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "made_up_grib.hpp"
#include "support/little_room.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <fstream>
#include <sstream>

using Catch::Matchers::Contains;
using gfs::test::encode;

namespace {

std::string content(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

const std::string lead = encode({}) +
                         encode({.category = 1, .number = 8, .surface = 1, .forecast_hour = 0, .process = 1}) +
                         encode({.category = 1, .number = 8, .surface = 1, .forecast_hour = 0, .process = 1});

/// A folder with one GRIB file in it, and its conversion asked for.
class ConversionFixture {
public:
    explicit ConversionFixture(const std::string& bytes = lead) { gfs::test::write(request.grib, bytes); }

    freshet::test::TempDir folder;
    gfs::ConvertRequest request{
        .grib = folder / "a.grib2",
        .netcdf = folder / "a.nc",
        .dataset = {
            .id = "gfs.test", .title = "a test", .date_created = "2022-03-15T21:34:00Z", .code_version = "1.2.3"}};
};

}  // namespace

TEST_CASE("a file without publication time is dated by its analysis", "[gfs]") {
    ConversionFixture fixture;
    fixture.request.dataset.date_created.clear();
    convert(fixture.request);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    std::string created;
    file.getAtt("date_created").getValues(created);
    CHECK(created == "2022-03-15T18:00:00Z");
}

TEST_CASE("a conversion reports the variables it created", "[netcdf]") {
    const ConversionFixture fixture;
    const gfs::Conversion conversion = gfs::convert(fixture.request);
    CHECK(conversion.fields == 3);
    REQUIRE(conversion.variables.size() == 3);
    CHECK(conversion.variables[0].name == "air_temperature_2m");
    CHECK(conversion.variables[0].ncep_name == "TMP");
    CHECK(conversion.variables[0].levels == std::vector<std::string>{"2 m above ground"});
    CHECK(conversion.time - conversion.reference_time == std::chrono::hours(6));
}

TEST_CASE("the same input gives the same bytes", "[netcdf]") {
    ConversionFixture fixture;
    gfs::convert(fixture.request);
    const std::string first = content(fixture.request.netcdf);
    fixture.request.netcdf = fixture.folder / "b.nc";
    gfs::convert(fixture.request);
    CHECK(content(fixture.request.netcdf) == first);
    CHECK_THAT(first, Contains("2022-03-15T21:34:00Z") && Contains("freshet gfs 1.2.3"));
}

TEST_CASE("a conversion reports missing and unexpected fields", "[netcdf]") {
    ConversionFixture fixture;
    fixture.request.expected = {"TMP:2 m above ground:6 hour fcst", "APCP:surface:0-6 hour acc fcst",
                                "RH:2 m above ground:6 hour fcst"};
    const gfs::Conversion conversion = gfs::convert(fixture.request);
    CHECK(conversion.missing == std::vector<std::string>{"RH:2 m above ground:6 hour fcst"});
    CHECK(conversion.unexpected == std::vector<std::string>{"APCP:surface:0-6 hour acc fcst"});
}

TEST_CASE("former names and messages of unknown meaning match the expected fields", "[netcdf]") {
    ConversionFixture fixture(encode({}) +
                              encode({.category = 1, .number = 22, .surface = 100, .scaled_value = 50000}) +
                              encode({.category = 191, .number = 240}));
    fixture.request.unknown = gfs::UnknownMessages::keep;
    fixture.request.expected = {"TMP:2 m above ground:6 hour fcst", "CLWMR:500 mb:6 hour fcst",
                                "NEWNAME:2 m above ground:6 hour fcst"};
    const gfs::Conversion conversion = gfs::convert(fixture.request);
    CHECK(conversion.missing.empty());
    CHECK(conversion.unexpected.empty());
    fixture.request.expected.push_back("RH:2 m above ground:6 hour fcst");
    CHECK(gfs::convert(fixture.request).missing.size() == 1);
}

TEST_CASE("an error on a full disk names the reason and the file", "[netcdf]") {
    for (const rlim_t room : {rlim_t{100}, rlim_t{9000}, rlim_t{14000}}) {
        const ConversionFixture fixture;
        const freshet::test::FileSizeLimit little(room);
        INFO(room << " bytes");
        CHECK_THROWS_WITH(gfs::convert(fixture.request),
                          Contains("write the") && Contains("a.nc") && Contains("too large"));
    }
}

TEST_CASE("an error on an unwritable path names the path", "[netcdf]") {
    ConversionFixture fixture;
    fixture.request.netcdf = fixture.folder / "absent/a.nc";
    CHECK_THROWS_WITH(gfs::convert(fixture.request), Contains("write the header of") && Contains("absent/a.nc"));
}

TEST_CASE("a planning error names the GRIB file and the messages", "[netcdf]") {
    const ConversionFixture fixture(encode({}) + encode({}));
    CHECK_THROWS_WITH(gfs::convert(fixture.request),
                      Contains("a.grib2") && Contains("message 1 at byte 0 and message 2"));
}
