// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "grib/reader.hpp"
#include "netcdf/file_layout.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <optional>
#include <set>
#include <sstream>

namespace {

using Names = std::set<std::string>;

/// A file of another model of NCEP, converted by `gfs convert`.
class ConvertedFile {
public:
    explicit ConvertedFile(const std::filesystem::path& grib, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"gfs", "convert", grib.string(), "--output", (folder_ / "out").string()};
        words.insert(words.end(), more.begin(), more.end());
        std::vector<const char*> argv;
        for (const std::string& word : words) argv.push_back(word.c_str());
        const freshet::Program program{.name = "gfs", .version = "1", .commands = {gfs::convert_command()}};
        const int status = freshet::command_line(program, freshet::Registry::of<>(), static_cast<int>(argv.size()),
                                                 argv.data(), out_, err_);
        INFO(err_.str());
        REQUIRE(status == 0);
        file_.emplace((folder_ / "out" / (grib.stem().string() + ".nc")).string(), netCDF::NcFile::read);
    }

    /// The names of the fields.
    Names fields() const {
        Names names;
        for (const auto& [name, variable] : file_->getVars())
            if (variable.getDimCount() >= 3) names.insert(name);
        return names;
    }

    std::string text(const std::string& variable, const std::string& attribute) const {
        const auto attributes = file_->getVar(variable).getAtts();
        const auto found = attributes.find(attribute);
        std::string value;
        if (found != attributes.end()) found->second.getValues(value);
        return value;
    }

private:
    freshet::test::TempDir folder_;
    std::ostringstream out_, err_;
    std::optional<netCDF::NcFile> file_;
};

}  // namespace

TEST_CASE("the hourly sum of the real HRRR has one name at all leads, the run total another", "[ncep]") {
    for (const char* const name :
         {"hrrr.f01.grib2", "hrrr.f02.grib2", "hrrr.f06.grib2", "hrrr.f07.grib2", "hrrr.f08.grib2"}) {
        const auto file = gfs::test::ncep_file(name);
        if (!file) return;
        INFO(name);
        CHECK(ConvertedFile(*file).fields() ==
              Names{"precipitation_amount_surface_hour", "precipitation_amount_surface_run"});
    }
}

TEST_CASE("the accumulated snow of the real file is what fell", "[ncep]") {
    const auto file = gfs::test::ncep_file("s5_weasd.grib2");
    if (!file) return;
    const ConvertedFile converted(*file);
    CHECK(converted.fields() ==
          Names{"surface_snow_amount_surface", "snowfall_amount_surface_hour", "snowfall_amount_surface_run"});
    CHECK(converted.text("snowfall_amount_surface_run", "standard_name") == "snowfall_amount");
    CHECK(converted.text("surface_snow_amount_surface", "standard_name") == "surface_snow_amount");
}

TEST_CASE("the average of sums of the real file has no standard name", "[ncep]") {
    const auto file = gfs::test::ncep_file("s16_two_ranges.grib2");
    if (!file) return;
    const ConvertedFile converted(*file, {"--unknown", "keep"});
    CHECK(converted.fields() == Names{"parameter_0_1_8_surface_2_time_ranges_bucket"});
    CHECK(converted.text("parameter_0_1_8_surface_2_time_ranges_bucket", "standard_name").empty());
}

TEST_CASE("the real CFS file is cropped across Greenwich", "[ncep]") {
    const auto file = gfs::test::ncep_file("cfs_t126.grib2");
    if (!file) return;
    CHECK(ConvertedFile(*file, {"--area=-10,30,35,70"}).fields() == Names{"air_temperature_2m"});
}

TEST_CASE("the foreign bytes of the real HRRR file are told", "[ncep]") {
    const auto file = gfs::test::ncep_file("hrrr.sfcf12.20201214.subset.grib2");
    if (!file) return;
    const gfs::GribReader reader(*file);
    CHECK(reader.foreign_bytes() == 2);
    CHECK(reader.messages().size() == 2);
}

TEST_CASE("the real wind of HRRR is along the axes of its map", "[ncep]") {
    const auto file = gfs::test::ncep_file("hrrr.sfcf01.ugrd.grib2");
    if (!file) return;
    const gfs::GribReader reader(*file);
    CHECK(gfs::plan_layout(reader.messages(), gfs::CfTable::built_in()).variables.front().name == "x_wind_10m");
}
