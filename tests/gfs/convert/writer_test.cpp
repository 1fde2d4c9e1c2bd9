// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/writer.hpp"

#include "grib/projection.hpp"
#include "grib/reader.hpp"
#include "made_up_grib.hpp"
#include "netcdf/chunk_file.hpp"
#include "netcdf/convert.hpp"
#include "netcdf/define_file.hpp"
#include "netcdf/horizontal_coordinates.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

using Catch::Matchers::Contains;
using gfs::test::encode;

namespace {

/// Two fields of one variable and one each of two others, converted, with the notes that belong to them.
class WrittenFile {
public:
    WrittenFile() {
        gfs::test::write(folder / "a.grib2",
                         encode({.surface = 100, .scaled_value = 50000}) +
                             encode({.surface = 100, .scaled_value = 85000}) +
                             encode({.number = 6, .values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1}, .missing = -1}) +
                             encode({.category = 1, .number = 8, .surface = 1, .forecast_hour = 3, .process = 1}));
        gfs::convert({.grib = folder / "a.grib2", .netcdf = netcdf, .dataset = {}});
        gfs::GribReader reader(folder / "a.grib2");
        layout = gfs::plan_layout(reader.messages(), gfs::CfTable::built_in());
        for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
            const auto& indices = layout.variables[variable].messages;
            for (std::size_t level = 0; level < indices.size(); ++level) {
                const auto values = reader.values(reader.messages()[indices[level]], gfs::fill_value);
                fields.push_back(gfs::encode_field(layout, variable, level, values).checksum);
            }
        }
    }

    void verify_file() const { gfs::verify_file(netcdf, layout, fields); }

    freshet::test::TempDir folder;
    std::filesystem::path netcdf = folder / "a.nc";
    gfs::FileLayout layout;
    std::vector<gfs::FieldChecksum> fields;
};

/// Calls the function with its variables at as many places on the stack, 64 KB apart.
void at_each_depth(int depths, const std::function<void()>& call) {
    volatile char unused[1 << 16];
    unused[0] = 0;
    call();
    if (depths > 1) at_each_depth(depths - 1, call);
    unused[1] = unused[0];  // keeps this function's frame until then
}

}  // namespace

TEST_CASE("a chunk is encoded alike wherever memory lies", "[writer]") {
    std::mt19937 random(11);
    for (const std::size_t size : {3U, 24U, 30U, 40U}) {
        for (int example = 0; example < 16; ++example) {
            std::vector<float> values(size);
            for (float& value : values)
                value = std::bit_cast<float>(0x3f800000U + static_cast<std::uint32_t>(random() % 3));
            const auto expected = gfs::shuffle_and_deflate(values);
            int other = 0;
            at_each_depth(60, [&] {
                if (gfs::shuffle_and_deflate(values) != expected) ++other;
            });
            CHECK(other == 0);
        }
    }
}

TEST_CASE("a chunk is encoded alike whatever was encoded before it", "[writer]") {
    std::mt19937 random(7);
    const auto field = [&](unsigned values) {
        std::vector<float> made(200'000);
        for (float& value : made) value = 0.1F * static_cast<float>(random() % values);
        return made;
    };
    const auto first = field(300), second = field(40);
    const auto alone = gfs::shuffle_and_deflate(first);
    for (int i = 0; i < 3; ++i) {
        gfs::shuffle_and_deflate(second);
        CHECK((gfs::shuffle_and_deflate(first) == alone));
    }
}

TEST_CASE("a file that was written as planned passes verification", "[netcdf]") {
    const WrittenFile written;
    CHECK(written.fields.size() == 4);
    CHECK_NOTHROW(written.verify_file());
}

TEST_CASE("verification names a field with other values", "[netcdf]") {
    WrittenFile written;
    ++written.fields[0].values_checksum;
    CHECK_THROWS_WITH(written.verify_file(),
                      Contains("'air_temperature_isobaric', level 0: values differ from those written"));
    --written.fields[0].values_checksum;
    ++written.fields[1].stored_checksum;
    CHECK_THROWS_WITH(
        written.verify_file(),
        Contains("a.nc': 'air_temperature_isobaric', level 1: the stored chunk differs from the one written"));
}

TEST_CASE("verification finds a field that was never written", "[netcdf]") {
    WrittenFile written;
    written.fields.pop_back();
    CHECK_THROWS_WITH(written.verify_file(), Contains("3 fields were written instead of 4"));
}

TEST_CASE("verification finds an axis or a structure other than planned", "[netcdf]") {
    WrittenFile written;
    written.layout.times[0].end += std::chrono::hours(1);
    CHECK_THROWS_WITH(written.verify_file(), Contains("'time' has unexpected values"));
    written.layout.times[0].end -= std::chrono::hours(1);
    written.layout.times.at(1).begin += std::chrono::hours(1);
    CHECK_THROWS_WITH(written.verify_file(), Contains("'time_3h_bnds' has unexpected values"));
    WrittenFile other;
    other.layout.variables[0].name = "air_temperature";
    CHECK_THROWS_WITH(other.verify_file(), Contains("'air_temperature' is missing"));
}

TEST_CASE("verification finds bytes that changed on the disk", "[netcdf]") {
    const WrittenFile written;
    std::fstream file(written.netcdf, std::ios::in | std::ios::out | std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    const std::size_t deflated = content.str().rfind("\x78\x01");  // the head of a zlib stream
    REQUIRE(deflated != std::string::npos);
    file.seekp(static_cast<std::streamoff>(deflated) + 4);
    file << "xxxx";
    file.close();
    CHECK_THROWS_WITH(written.verify_file(), Contains("verifying") && Contains("a.nc'"));
}

TEST_CASE("the points of a map are stored less than a metre from where they are, in 2.6 bytes", "[netcdf]") {
    const gfs::Grid alaska{.kind = gfs::GridKind::polar_stereographic,
                           .columns = 800,
                           .rows = 500,
                           .earth = {6371200, 6371200},
                           .goes_north = true,
                           .first_latitude = 40.530101,
                           .first_longitude = 181.429,
                           .projection = {.central_longitude = 210, .true_latitude = 60, .dx = 2976, .dy = 2976}};
    const auto stored = gfs::horizontal_coordinate_values(alaska);
    const auto exact = gfs::positions(alaska);
    const freshet::test::TempDir folder;
    {
        netCDF::NcFile file((folder / "map.nc").string(), netCDF::NcFile::replace);
        gfs::define_horizontal_coordinates(file, alaska);
        gfs::write_horizontal_coordinates(file, stored);
    }
    const netCDF::NcFile file((folder / "map.nc").string(), netCDF::NcFile::read);
    constexpr double metres_a_degree = 111'200;
    double farthest = 0;
    for (const bool is_latitude : {true, false}) {
        std::vector<double> read(alaska.size());
        file.getVar(is_latitude ? "latitude" : "longitude").getVar(read.data());
        for (std::size_t i = 0; i < read.size(); ++i)
            farthest = std::max(farthest, std::abs(read[i] - (is_latitude ? exact[i].latitude : exact[i].longitude)));
    }
    CHECK(farthest * metres_a_degree < 1);
    CHECK(farthest > 0);
    // Both together; multiples of a millionth of a degree took 3.
    CHECK(static_cast<double>(std::filesystem::file_size(folder / "map.nc")) / static_cast<double>(alaska.size()) <
          2.6);
}
