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

    std::string output() const { return out_.str(); }

    std::vector<double> numbers(const std::string& variable) const {
        const netCDF::NcVar found = file_->getVar(variable);
        std::size_t size = 1;
        for (const netCDF::NcDim& dimension : found.getDims()) size *= dimension.getSize();
        std::vector<double> values(size);
        found.getVar(values.data());
        return values;
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

TEST_CASE("the real members of two signs lie on one coordinate, and mean and spread are two variables", "[ncep]") {
    const auto pairs = gfs::test::ncep_file("s7_pairs.grib2"), derived = gfs::test::ncep_file("s8_mean_spread.grib2");
    if (!pairs || !derived) return;
    const ConvertedFile members(*pairs);
    CHECK(members.fields() == Names{"air_temperature_2m"});
    CHECK(members.numbers("realization") == std::vector<double>{-1, 1});
    const ConvertedFile statistics(*derived);
    CHECK(statistics.fields() == Names{"air_temperature_2m_ensemble_mean", "air_temperature_2m_ensemble_spread"});
    CHECK(statistics.text("air_temperature_2m_ensemble_spread", "cell_methods") ==
          "time: point realization: standard_deviation");
}

TEST_CASE("the real fields of aerosols are told apart by kind, size and wavelength", "[ncep]") {
    const auto file = gfs::test::ncep_file("gefs.chem.a2d_0p25.f000.grib2");
    if (!file) return;
    const ConvertedFile converted(*file);
    CHECK_THAT(converted.output(), Catch::Contains("31 fields in 26 variables"));
    const std::string name = "aerosol_optical_thickness_entire_atmosphere_";
    CHECK(converted.text(name + "total_aerosol_smaller_than_20um", "standard_name") ==
          "atmosphere_optical_thickness_due_to_ambient_aerosol_particles");
    CHECK(converted.text(name + "dust_dry_smaller_than_20um", "standard_name").empty());
    CHECK(converted.numbers("radiation_wavelength").size() == 6);
}

TEST_CASE("the real wind of HRRR is along the axes of its map", "[ncep]") {
    const auto file = gfs::test::ncep_file("hrrr.sfcf01.ugrd.grib2");
    if (!file) return;
    const gfs::GribReader reader(*file);
    CHECK(gfs::plan_layout(reader.messages(), gfs::CfTable::built_in()).variables.front().name == "x_wind_10m");
}

TEST_CASE("the real wave forecast has standard names, and its partitions lie on a coordinate", "[ncep]") {
    const auto file = gfs::test::ncep_file("multi_1.at_10m.t12z.f147.grib2");
    if (!file) return;
    const ConvertedFile converted(*file);
    const Names fields = converted.fields();
    CHECK_THAT(converted.output(), Catch::Contains("19 fields in 13 variables"));
    for (const std::string& name : fields) {
        INFO(name);
        CHECK_FALSE(converted.text(name, "standard_name").empty());
    }
    CHECK(fields.contains("sea_surface_wave_significant_height_surface"));
    CHECK(fields.contains("sea_surface_swell_wave_significant_height_sequence"));
    CHECK(converted.numbers("sequence") == std::vector<double>{1, 2, 3});
    CHECK(converted.text("sequence", "axis").empty());
}

TEST_CASE("the real Mercator and Arakawa grids keep rows and columns, with latitudes and longitudes of all points",
          "[ncep]") {
    const auto mercator = gfs::test::ncep_file("aqm.ave_1hr_o3.hi.mercator.grib2");
    const auto rotated = gfs::test::ncep_file("rap.tsoil.gdt32769.grib2");
    if (!mercator || !rotated) return;
    const ConvertedFile hawaii(*mercator);
    CHECK(hawaii.fields().contains("mole_fraction_of_ozone_in_air_sigma_average_hour"));
    CHECK(hawaii.text("crs", "grid_mapping_name") == "mercator");
    CHECK(hawaii.numbers("latitude").size() == 321 * 225);
    const ConvertedFile rap(*rotated);
    CHECK(rap.text("crs", "grid_mapping_name") == "rotated_latitude_longitude");
    // The last point is in the message.
    CHECK(rap.numbers("latitude").back() == Approx(46.591976).margin(8e-6));
    CHECK(rap.numbers("longitude").back() == Approx(22.661009).margin(8e-6));
    const auto columns = rap.numbers("rlon");
    CHECK(columns.front() == Approx(-columns.back()).margin(1e-4));
}

TEST_CASE("the real daily maximum begins its length before its end", "[ncep]") {
    const auto file = gfs::test::ncep_file("aqm.max_1hr_pm25.grib2"), rain = gfs::test::ncep_file("s3_ndfd606.grib2");
    if (!file || !rain) return;
    using namespace std::chrono_literals;
    const gfs::Message daily = gfs::GribReader(*file).messages().front();
    CHECK(daily.validity.end == std::chrono::sys_days{2024y / 5 / 17} + 4h);
    CHECK(daily.validity.end - daily.validity.begin == 23h);
    const gfs::Message half_day = gfs::GribReader(*rain).messages().front();
    CHECK(half_day.validity.end - half_day.validity.begin == 12h);
}
