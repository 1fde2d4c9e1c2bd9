// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "made_up_grib.hpp"
#include "support/little_room.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <fstream>
#include <set>
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

TEST_CASE("a field in tiles has the values of a whole one", "[netcdf]") {
    std::vector<double> values;
    for (int i = 0; i < 4 * 193; ++i) values.push_back(i);
    ConversionFixture fixture(
        encode({.values = values, .keys = {{"Nj", 193}, {"jDirectionIncrement", 937500}, {"bitsPerValue", 16}}}));
    fixture.request.chunks = gfs::Chunks::series;
    gfs::convert(fixture.request);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    const netCDF::NcVar field = file.getVar("air_temperature_2m");
    auto mode = netCDF::NcVar::nc_CHUNKED;
    std::vector<std::size_t> chunk;
    field.getChunkingParameters(mode, chunk);
    CHECK(chunk == std::vector<std::size_t>{1, 97, 4});
    std::vector<double> found(values.size());
    field.getVar(found.data());
    CHECK(found == values);
}

TEST_CASE("every field has one record, at the end of its interval, on the one time dimension", "[netcdf]") {
    const ConversionFixture fixture;
    gfs::convert(fixture.request);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    const netCDF::NcDim time = file.getDim("time");
    CHECK(time.isUnlimited());
    CHECK(time.getSize() == 1);
    for (const char* name :
         {"air_temperature_2m", "precipitation_amount_surface_bucket", "precipitation_amount_surface_run"})
        CHECK(file.getVar(name).getDim(0) == time);
    const auto record = [&](const char* name) {
        std::vector<double> values(file.getVar(name).getDimCount() == 1 ? 1 : 2);
        file.getVar(name).getVar(values.data());
        return values;
    };
    const double analysis = record("time_run_bnds").front();
    CHECK(record("time") == std::vector{analysis + 6 * 3600});
    CHECK(record("time_bucket") == record("time"));
    CHECK(record("time_bucket_bnds") == std::vector{analysis, analysis + 6 * 3600});
    CHECK(record("forecast_period") == std::vector{6.0});
}

TEST_CASE("an interval is named by the field's coordinates and its statistic is one over time", "[netcdf]") {
    const ConversionFixture fixture;
    gfs::convert(fixture.request);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    const auto text = [&](const char* variable, const char* attribute) {
        std::string value;
        file.getVar(variable).getAtt(attribute).getValues(value);
        return value;
    };
    CHECK(text("precipitation_amount_surface_run", "coordinates") ==
          "forecast_reference_time forecast_period time_run");
    CHECK(text("precipitation_amount_surface_run", "cell_methods") == "time: sum");
    CHECK(text("time_run", "bounds") == "time_run_bnds");
    CHECK(text("air_temperature_2m", "coordinates") == "forecast_reference_time forecast_period height_2m");
    CHECK(text("air_temperature_2m", "cell_methods") == "time: point");
}

TEST_CASE("the time has one coordinate with the standard name, and a field one height", "[netcdf]") {
    const ConversionFixture fixture(lead + encode({.category = 2, .number = 2, .scaled_value = 10}));
    gfs::convert(fixture.request);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    std::multiset<std::string> standard_names;
    for (const auto& [name, variable] : file.getVars()) {
        const auto attributes = variable.getAtts();
        if (const auto found = attributes.find("standard_name"); found != attributes.end()) {
            std::string text;
            found->second.getValues(text);
            standard_names.insert(text);
        }
    }
    CHECK(standard_names.count("time") == 1);
    CHECK(standard_names.count("height") == 2);
    for (const auto& [name, own, other] : {std::tuple("air_temperature_2m", "height_2m", "height_10m"),
                                           std::tuple("eastward_wind_10m", "height_10m", "height_2m")}) {
        std::string coordinates;
        file.getVar(name).getAtt("coordinates").getValues(coordinates);
        CHECK_THAT(coordinates, Contains(own) && !Contains(other));
    }
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

TEST_CASE("a message named by NCEP's documentation alone matches another name of the inventory", "[netcdf]") {
    ConversionFixture fixture(encode({}) + encode({.category = 7, .number = 199}));
    for (const char* const name : {"MXUPHL", "var discipline=0 center=7 local_table=1 parmcat=7 parm=199"}) {
        fixture.request.expected = {"TMP:2 m above ground:6 hour fcst",
                                    std::string(name) + ":2 m above ground:6 hour fcst"};
        const gfs::Conversion conversion = gfs::convert(fixture.request);
        CHECK(conversion.missing.empty());
        CHECK(conversion.unexpected.empty());
    }
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
    const ConversionFixture fixture(encode({}) + encode({.missing = 1}));
    CHECK_THROWS_WITH(gfs::convert(fixture.request),
                      Contains("a.grib2") && Contains("message 1 at byte 0 and message 2"));
}

TEST_CASE("a message that repeats another in every byte is kept once and counted", "[netcdf]") {
    const ConversionFixture fixture(encode({}) + encode({.category = 1, .number = 1}) + encode({}));
    const gfs::Conversion conversion = gfs::convert(fixture.request);
    CHECK(conversion.fields == 2);
    CHECK(conversion.repetitions == 1);
}

TEST_CASE("members and thresholds have dimensions, and what none of the messages has is missing", "[netcdf]") {
    const auto member = [](int number, long pressure, double value) {
        return encode({.surface = 100,
                       .scaled_value = pressure,
                       .values = std::vector<double>(12, value),
                       .keys = {{"productDefinitionTemplateNumber", 1},
                                {"typeOfEnsembleForecast", 3},
                                {"perturbationNumber", static_cast<double>(number)}}});
    };
    const ConversionFixture fixture(member(2, 50000, 1) + member(1, 85000, 2) + member(1, 50000, 3));
    CHECK(gfs::convert(fixture.request).fields == 3);
    const netCDF::NcFile file(fixture.request.netcdf.string(), netCDF::NcFile::read);
    const auto variable = file.getVar("air_temperature_isobaric");
    std::vector<std::string> dimensions;
    for (const auto& dimension : variable.getDims()) dimensions.push_back(dimension.getName());
    CHECK(dimensions == std::vector<std::string>{"time", "realization", "isobaric", "latitude", "longitude"});
    std::vector<float> values(48);
    variable.getVar(values.data());
    CHECK(values[0] == 3);
    CHECK(values[12] == 2);
    CHECK(values[24] == 1);
    CHECK(values[36] == gfs::fill_value);
    std::vector<int> members(2);
    file.getVar("realization").getVar(members.data());
    CHECK(members == std::vector{1, 2});
}
