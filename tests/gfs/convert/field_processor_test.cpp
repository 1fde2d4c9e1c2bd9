// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "made_up_grib.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

using gfs::test::encode;

namespace {

/// Adds a variable that is the double of the first, and keeps a diary of what it saw.
class DoublingProcessor final : public gfs::FieldProcessor {
public:
    void plan(gfs::FileLayout& layout, const std::vector<gfs::Message>&) override {
        own_ = layout.variables.size();
        layout.variables.push_back({.name = "double",
                                    .cf = layout.variables[0].cf,
                                    .parameter = {},
                                    .level = layout.variables[0].level,
                                    .time_coordinate = 0,
                                    .axes = layout.variables[0].axes,
                                    .statistic = "point",
                                    .messages = {},
                                    .derivation = "2 x",
                                    .sources = layout.variables[0].name});
    }
    void process(std::size_t variable, std::size_t, std::span<const float> values, const gfs::Emit& emit) override {
        seen.emplace_back(variable, std::vector<float>(values.begin(), values.end()));
        if (variable != 0) return;
        std::vector<float> doubled;
        for (const float value : values) doubled.push_back(2 * value);
        emit(own_, doubled);
    }

    std::vector<std::pair<std::size_t, std::vector<float>>> seen;

private:
    std::size_t own_ = 0;
};

/// Converts one message of a 4 x 3 grid that counts from 1.
class ConversionFixture {
public:
    ConversionFixture() { gfs::test::write(request.grib, encode({})); }

    std::vector<float> values(const std::string& variable) {
        const netCDF::NcFile file((folder / "a.nc").string(), netCDF::NcFile::read);
        const auto var = file.getVar(variable);
        std::vector<float> all(var.getDim(1).getSize() * var.getDim(2).getSize());
        var.getVar(all.data());
        return all;
    }

    freshet::test::TempDir folder;
    gfs::ConvertRequest request{.grib = folder / "a.grib2", .netcdf = folder / "a.nc", .dataset = {}};
};

}  // namespace

TEST_CASE("a field processor adds variables to the file and sees every field, including its own", "[netcdf]") {
    ConversionFixture fixture;
    DoublingProcessor processor;
    fixture.request.processors = {&processor};
    const auto conversion = gfs::convert(fixture.request);
    const std::vector<float> twice{2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24};
    CHECK(fixture.values("double") == twice);
    REQUIRE(processor.seen.size() == 2);
    CHECK(processor.seen[1] == std::pair(std::size_t{1}, twice));
    CHECK(conversion.fields == 1);
    CHECK(conversion.variables.back().levels == std::vector<std::string>{"2 m above ground"});
}

TEST_CASE("a derived variable names its sources and no GRIB parameter", "[netcdf]") {
    ConversionFixture fixture;
    DoublingProcessor processor;
    fixture.request.processors = {&processor};
    gfs::convert(fixture.request);
    const netCDF::NcFile file((fixture.folder / "a.nc").string(), netCDF::NcFile::read);
    const auto attributes = file.getVar("double").getAtts();
    std::string sources;
    attributes.at("derived_from").getValues(sources);
    CHECK(sources == "air_temperature_2m");
    CHECK(attributes.count("derivation") == 1);
    CHECK(attributes.count("grib_parameter") == 0);
}

TEST_CASE("an area is cut out of the file", "[netcdf]") {
    ConversionFixture fixture;
    fixture.request.area = gfs::Area::parse("-90,0,0,90");
    gfs::convert(fixture.request);
    CHECK(fixture.values("air_temperature_2m") == std::vector<float>{4, 1, 8, 5});
    fixture.request.area = gfs::Area::parse("10,20,0,90");
    CHECK_THROWS_WITH(gfs::convert(fixture.request),
                      Catch::EndsWith("cut the area '10,20,0,90' out of the grid: no column lies in it"));
}
