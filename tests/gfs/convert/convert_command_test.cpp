// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "made_up_grib.hpp"
#include "netcdf/chunk_file.hpp"
#include "support/temp_dir.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <set>
#include <sstream>

using Catch::Matchers::Contains;
using gfs::test::encode;

namespace {

/// `gfs convert`, called with files in a folder of its own.
class ConversionFixture {
public:
    int run(const std::vector<std::string>& arguments) {
        out.str("");
        err.str("");
        std::vector<std::string> all{"gfs", "convert"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        std::vector<const char*> argv;
        for (const std::string& word : all) argv.push_back(word.c_str());
        const freshet::Program program{.name = "gfs", .version = "1", .commands = {gfs::convert_command()}};
        return freshet::command_line(program, freshet::Registry::of<>(), static_cast<int>(argv.size()), argv.data(),
                                     out, err);
    }

    std::string file(const std::string& name, const std::string& bytes) const {
        gfs::test::write(folder / name, bytes);
        return (folder / name).string();
    }
    std::string output() const { return (folder / "out").string(); }
    /// The names of all that is in the output folder.
    std::set<std::string> made() const {
        std::set<std::string> names;
        if (!std::filesystem::exists(output())) return names;
        for (const auto& entry : std::filesystem::directory_iterator(output())) names.insert(entry.path().filename());
        return names;
    }

    freshet::test::TempDir folder;
    std::ostringstream out, err;
};

using Names = std::set<std::string>;

std::string at(int hour) { return encode({.forecast_hour = hour}); }

}  // namespace

TEST_CASE("one lead becomes one file of its name, and nothing else is left in the folder", "[convert_command]") {
    ConversionFixture gfs;
    CHECK(gfs.run({gfs.file("gfs.t18z.pgrb2.f006", at(6)), gfs.file("b.grib2", at(6)), "--output", gfs.output()}) == 0);
    CHECK(gfs.made() == Names{"gfs.t18z.pgrb2.f006.nc", "b.nc"});
    CHECK_THAT(gfs.out.str(), Contains("b.nc: 1 field in 1 variable\n"));
}

TEST_CASE("the option chunks stores a field in tiles", "[convert_command]") {
    ConversionFixture program;
    const std::string tall =
        encode({.values = std::vector<double>(4 * 193, 280), .keys = {{"Nj", 193}, {"jDirectionIncrement", 937500}}});
    const std::string grib = program.file("a.grib2", tall);
    const auto rows_of_chunks = [&] {
        gfs::ChunkFile file(program.folder / "out/a.nc", gfs::ChunkFile::Access::read);
        return file.chunk_shape("air_temperature_2m").at(1);
    };
    CHECK(program.run({grib, "--output", program.output()}) == 0);
    CHECK(rows_of_chunks() == 193);
    CHECK(program.run({grib, "--output", program.output(), "--overwrite", "--chunks", "series"}) == 0);
    CHECK(rows_of_chunks() == 97);
    CHECK(program.run({grib, "--output", program.output(), "--overwrite", "--chunks", "cubes"}) == 64);
    CHECK_THAT(program.err.str(), Contains("cubes"));
}

TEST_CASE("the option precision rounds values and says so in their attributes", "[convert_command]") {
    ConversionFixture program;
    const std::string grib = program.file("a.grib2", at(6));
    const auto attributes = [&] {
        return netCDF::NcFile((program.folder / "out/a.nc").string(), netCDF::NcFile::read)
            .getVar("air_temperature_2m")
            .getAtts();
    };
    CHECK(program.run({grib, "--output", program.output()}) == 0);
    CHECK(attributes().count("rounding_step") == 0);
    CHECK(program.run({grib, "--output", program.output(), "--overwrite", "--precision", "packing"}) == 0);
    CHECK(attributes().count("rounding_step") == 1);
    CHECK(program.run({grib, "--output", program.output(), "--overwrite", "--precision", "rough"}) == 64);
    CHECK_THAT(program.err.str(), Contains("rough"));
}

TEST_CASE("a file with several leads and grids becomes a file for each, members apart", "[convert_command]") {
    ConversionFixture gfs;
    CHECK(gfs.run({gfs.file("leads.grib2", at(6) + at(9) + encode({.number = 6, .forecast_hour = 9})), "--output",
                   gfs.output()}) == 0);
    CHECK(gfs.made() == Names{"leads.f006.nc", "leads.f009.nc"});
    CHECK_THAT(gfs.out.str(), Contains("leads.f009.nc: 2 fields in 2 variables"));

    const std::string more = encode({.goes_north = true}) +
                             encode({.keys = {{"productDefinitionTemplateNumber", 1}, {"perturbationNumber", 3}}});
    CHECK(gfs.run({gfs.file("mixed.grib2", at(6) + more), "--output", gfs.output(), "--overwrite"}) == 0);
    CHECK(gfs.made() == Names{"leads.f006.nc", "leads.f009.nc", "mixed.alone.grid1.nc", "mixed.alone.grid2.nc",
                              "mixed.members.grid1.nc"});
}

TEST_CASE("an existing file is replaced only with --overwrite", "[convert_command]") {
    ConversionFixture gfs;
    const std::string file = gfs.file("a.grib2", at(6));
    CHECK(gfs.run({file, "--output", gfs.output()}) == 0);
    CHECK(gfs.run({file, "--output", gfs.output()}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("out/a.nc' already exists; pass --overwrite to replace it"));
    CHECK(gfs.run({file, "--output", gfs.output(), "--overwrite"}) == 0);
}

TEST_CASE("two files of one name do not overwrite each other", "[convert_command]") {
    ConversionFixture gfs;
    CHECK(gfs.run({gfs.file("a.grib2", at(6)), gfs.file("a.grb2", at(6)), "--output", gfs.output(), "--overwrite"}) ==
          30);
    CHECK_THAT(gfs.err.str(), Contains("a.nc' was already written from another FILE"));
}

TEST_CASE("a broken file leaves nothing behind, and the others are converted", "[convert_command]") {
    ConversionFixture gfs;
    const std::string cut = gfs.file("cut.grib2", at(6) + at(6).substr(0, 100));
    CHECK(gfs.run({cut, gfs.file("b.grib2", at(6)), "--output", gfs.output()}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("cut.grib2': message 2 at byte") && Contains("is truncated"));
    CHECK(gfs.made() == Names{"b.nc"});
}

TEST_CASE("a message of unknown meaning is an error, or kept under its numbers", "[convert_command]") {
    ConversionFixture gfs;
    const std::string file = gfs.file("a.grib2", at(6) + encode({.category = 191, .number = 240}));
    CHECK(gfs.run({file, "--output", gfs.output()}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("1 message is of unknown meaning: message 2 at byte") && Contains("0-191-240"));
    CHECK(gfs.made().empty());
    CHECK(gfs.run({file, "--output", gfs.output(), "--unknown", "keep"}) == 0);
    CHECK_THAT(gfs.out.str(), Contains("2 fields in 2 variables"));
    CHECK(gfs.run({file, "--output", gfs.output(), "--unknown", "drop"}) == 64);
    CHECK_THAT(gfs.err.str(), Contains("convert: --unknown: 'drop'"));
}

TEST_CASE("convert --list goes on after messages that are not understood, and names each", "[convert_command]") {
    ConversionFixture gfs;
    std::string first_edition = at(6);
    first_edition.replace(4, 4, std::string({'\0', '\0', static_cast<char>(first_edition.size()), '\1'}));
    const std::string unknown_grid = encode({.keys = {{"gridDefinitionTemplateNumber", 90}}});
    const std::string unknown_product = encode({.keys = {{"productDefinitionTemplateNumber", 254}}});
    const std::string file = gfs.file("a.grib2", first_edition + at(6) + unknown_product + unknown_grid + at(9));
    CHECK(gfs.run({file, "--list"}) == 30);
    CHECK_THAT(gfs.out.str(),
               Contains(":TMP:2 m above ground:6 hour fcst:") && Contains(":TMP:2 m above ground:9 hour fcst:"));
    CHECK_THAT(gfs.err.str(), Contains("message 1 at byte 0: it is GRIB edition 1") &&
                                  Contains("its product definition has template 4.254") &&
                                  Contains("its grid has template 3.90, which is not supported"));
    CHECK(gfs.run({file, "--output", gfs.output()}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("a.grib2': message 1 at byte 0: it is GRIB edition 1"));
    CHECK(gfs.made().empty());
}

TEST_CASE("an inventory's line tells members, thresholds and percentiles apart", "[convert_command]") {
    ConversionFixture gfs;
    const std::string member = encode(
        {.keys = {{"productDefinitionTemplateNumber", 1}, {"typeOfEnsembleForecast", 3}, {"perturbationNumber", 3}}});
    const std::string percentile = encode({.keys = {{"productDefinitionTemplateNumber", 6}, {"percentileValue", 10}}});
    CHECK(gfs.run({gfs.file("a.grib2", member + percentile), "--list"}) == 0);
    CHECK_THAT(gfs.out.str(), Contains("6 hour fcst:ENS=+3\n") && Contains("6 hour fcst:10% level\n"));
}

TEST_CASE("a repeated message is told and kept once", "[convert_command]") {
    ConversionFixture gfs;
    CHECK(gfs.run({gfs.file("a.grib2", at(6) + at(6)), "--output", gfs.output()}) == 0);
    CHECK_THAT(gfs.err.str(), Contains("a.grib2': 1 message left out, equal to an earlier one in every byte"));
    CHECK_THAT(gfs.out.str(), Contains("1 field in 1 variable"));
}

TEST_CASE("convert --list prints an inventory in NCEP's format and writes no file", "[convert_command]") {
    ConversionFixture gfs;
    const std::string first = at(6);
    const std::string file = gfs.file(
        "a.grib2", first + encode({.category = 1, .number = 8, .surface = 1, .forecast_hour = 0, .process = 1}));
    CHECK(gfs.run({file, "--list"}) == 0);
    CHECK(gfs.out.str() == "1:0:d=2022031518:TMP:2 m above ground:6 hour fcst:\n2:" + std::to_string(first.size()) +
                               ":d=2022031518:APCP:surface:0-6 hour acc fcst:\n");
    CHECK(gfs.run({file, file, "--list"}) == 0);
    CHECK_THAT(gfs.out.str(), Contains(file + "\n1:0:"));
}

TEST_CASE("bytes between messages are skipped with a warning that counts them", "[convert_command]") {
    ConversionFixture gfs;
    const std::string file = gfs.file("a.grib2", at(6) + "\r\r\n" + encode({.number = 6}) + "\n");
    CHECK(gfs.run({file, "--output", gfs.output()}) == 0);
    CHECK(gfs.err.str() == "gfs: warning: read '" + file + "': 4 bytes that belong to no message are skipped\n");
    CHECK_THAT(gfs.out.str(), Contains("2 fields in 2 variables"));
    CHECK(gfs.run({gfs.file("b.grib2", at(6) + "\n"), "--list"}) == 0);
    CHECK_THAT(gfs.err.str(), Contains("1 byte that belongs to no message is skipped"));
    CHECK(gfs.run({gfs.file("c.grib2", at(6)), "--list"}) == 0);
    CHECK(gfs.err.str().empty());
}

TEST_CASE("convert --list gives intervals by their length", "[convert_command]") {
    ConversionFixture gfs;
    const std::string file = gfs.file(
        "a.grib2",
        encode({.process = 0, .end_hour = 16, .keys = {{"forecastTime", -2147483641}, {"lengthOfTimeRange", 23}}}));
    CHECK(gfs.run({file, "--list"}) == 0);
    CHECK_THAT(gfs.out.str(), Contains(":-7-16 hour ave fcst:"));
    const std::string absurd = gfs.file(
        "b.grib2", encode({.process = 0, .end_hour = 16, .keys = {{"forecastTime", 40}, {"lengthOfTimeRange", 0}}}));
    CHECK(gfs.run({absurd, "--list"}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("b.grib2': message 1 at byte 0: its forecast time of 40 (unit 1)") &&
                                  Contains("make no interval"));
}

TEST_CASE("input files and --output are required", "[convert_command]") {
    ConversionFixture gfs;
    CHECK(gfs.run({"--output", gfs.output()}) == 64);
    CHECK_THAT(gfs.err.str(), Contains("at least one FILE is required"));
    CHECK(gfs.run({gfs.file("a.grib2", at(6))}) == 64);
    CHECK_THAT(gfs.err.str(), Contains("--output DIR"));
    CHECK(gfs.run({(gfs.folder / "absent.grib2").string(), "--output", gfs.output()}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("absent.grib2': No such file or directory"));
}

TEST_CASE("gfs convert cuts an area out of the files", "[convert_command]") {
    ConversionFixture gfs;
    const std::string file = gfs.file("a.grib2", at(6));
    CHECK(gfs.run({file, "--output", gfs.output(), "--area", "-90,0,0,90"}) == 0);
    CHECK(gfs.made() == Names{"a.nc"});
    CHECK(gfs.run({file, "--output", gfs.output(), "--area", "1,2,0,90", "--overwrite"}) == 30);
    CHECK_THAT(gfs.err.str(), Contains("cut the area '1,2,0,90' out of the grid: no column lies in it"));
    CHECK(gfs.run({file, "--output", gfs.output(), "--area", "1,2,3"}) == 64);
    CHECK_THAT(gfs.err.str(), Contains("convert: --area: '1,2,3' is not an area"));
}
