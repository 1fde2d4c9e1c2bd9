// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/reader.hpp"

#include "made_up_grib.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using gfs::test::encode;
using gfs::test::GribSpec;

namespace {

constexpr float fill = 9.96921e36F;
const auto start = std::chrono::sys_days{std::chrono::year{2022} / 3 / 15} + 18h;

gfs::GribReader reader_of(const freshet::test::TempDir& folder, const std::string& bytes) {
    gfs::test::write(folder / "a.grib2", bytes);
    return gfs::GribReader(folder / "a.grib2");
}

gfs::Message decode_metadata(const GribSpec& message) {
    const freshet::test::TempDir folder;
    return reader_of(folder, encode(message)).messages().front();
}

std::vector<float> values_of(const std::string& bytes, std::size_t index = 0) {
    const freshet::test::TempDir folder;
    gfs::GribReader reader = reader_of(folder, bytes);
    return reader.values(reader.messages().at(index), fill);
}

}  // namespace

TEST_CASE("the metadata of a message are parameter, level, time and centre", "[grib]") {
    const gfs::Message message = decode_metadata({.category = 2, .number = 3, .scaled_value = 10});
    CHECK(gfs::to_text(message.parameter) == "0-2-3");
    CHECK(gfs::to_text(message.level) == "103:10");
    CHECK(message.centre == "kwbc");
    CHECK(message.process_identifier == 96);
    CHECK(message.reference_time == start);
    CHECK(message.validity == gfs::Validity{.begin = start + 6h, .end = start + 6h, .process = {}});
}

TEST_CASE("an interval has a start, an end and a statistical process", "[grib]") {
    const gfs::Message message = decode_metadata({.forecast_hour = 6, .process = 1, .end_hour = 12});
    CHECK(message.validity == gfs::Validity{.begin = start + 6h, .end = start + 12h, .process = 1});
}

TEST_CASE("the value of a level is decoded exactly, with its sign", "[grib]") {
    CHECK(decode_metadata({.surface = 104, .scaled_value = 9950, .scale_factor = 4}).level.first.value == 0.995);
    CHECK(decode_metadata({.surface = 109, .scaled_value = 2000, .scale_factor = 9}).level.first.value == 2e-06);
    CHECK(decode_metadata({.surface = 109, .scaled_value = 2147485648, .scale_factor = 9}).level.first.value == -2e-06);
    const gfs::Level layer =
        decode_metadata(
            {.surface = 106, .scaled_value = 10, .scale_factor = 2, .second_surface = 106, .second_scaled_value = 40})
            .level;
    CHECK(gfs::to_text(layer) == "106:0.1/106:0.4");
}

TEST_CASE("the grid carries its Earth and the direction of its rows", "[grib]") {
    const gfs::Grid south = decode_metadata({}).grid;
    CHECK(south.earth == gfs::Earth{6371229, 6371229});
    CHECK(gfs::latitudes(south) == std::vector<double>{90, 0, -90});
    CHECK(gfs::longitudes(south) == std::vector<double>{0, 90, 180, 270});
    CHECK(gfs::latitudes(decode_metadata({.goes_north = true}).grid) == std::vector<double>{-90, 0, 90});
}

TEST_CASE("a radius of the Earth is recognised in kilometres and in metres", "[grib]") {
    const auto radius_of = [](double shape, double factor, double radius) {
        return decode_metadata({.keys = {{"shapeOfTheEarth", shape},
                                         {"scaleFactorOfRadiusOfSphericalEarth", factor},
                                         {"scaledValueOfRadiusOfSphericalEarth", radius}}})
            .grid.earth.semi_major;
    };
    CHECK(radius_of(1, 0, 6'371'229) == 6'371'229);
    CHECK(radius_of(1, 3, 6'371'229) == Approx(6'371'229));
    CHECK(radius_of(1, 0, 6'371) == 6'371'000);
    const auto axes_of = [](double shape, double factor) {
        return decode_metadata({.keys = {{"shapeOfTheEarth", shape},
                                         {"scaleFactorOfEarthMajorAxis", factor},
                                         {"scaledValueOfEarthMajorAxis", 6'378'160},
                                         {"scaleFactorOfEarthMinorAxis", factor},
                                         {"scaledValueOfEarthMinorAxis", 6'356'775}}})
            .grid.earth;
    };
    for (const double shape : {3, 7}) {
        for (const double factor : {0, 3}) {
            CHECK(axes_of(shape, factor).semi_major == Approx(6'378'160));
            CHECK(axes_of(shape, factor).semi_minor == Approx(6'356'775));
        }
    }
}

TEST_CASE("a product without a level is refused in words", "[grib]") {
    CHECK_THROWS_WITH(decode_metadata({.keys = {{"productDefinitionTemplateNumber", 254}}}),
                      Catch::Contains("its product definition has template 4.254, which is not supported"));
}

TEST_CASE("missing values become the fill value, and 9999 remains a value", "[grib]") {
    const std::vector<double> values{9999, 2, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const auto read = values_of(encode({.values = values, .missing = -1}));
    CHECK(read[0] == Approx(9999).epsilon(1e-4));
    CHECK(read[0] != fill);
    CHECK(read[2] == fill);
}

TEST_CASE("a constant without groups is its reference value at any decimal scale", "[grib]") {
    for (const float value : values_of(gfs::test::without_groups(encode({}), 33.7F, 2))) CHECK(value == 33.7F);
    for (const float value : values_of(gfs::test::without_groups(encode({}), 3.0F, -1))) CHECK(value == 3.0F);
    for (const float value : values_of(gfs::test::without_groups(encode({}), 0.0F, 0))) CHECK(value == 0.0F);
}

TEST_CASE("a constant without groups is missing where its bitmap says so", "[grib]") {
    const std::vector<double> values{1, 2, -1, 4, 5, 6, 7, 8, 9, 10, 11, -1};
    const auto read = values_of(gfs::test::without_groups(encode({.values = values, .missing = -1}), 7.0F, 0));
    CHECK(read[0] == 7.0F);
    CHECK(read[2] == fill);
    CHECK(read[11] == fill);
}

TEST_CASE("fields of one message are decoded separately", "[grib]") {
    const std::string both = gfs::test::join_fields(encode({.values = std::vector<double>(12, 1)}),
                                                    encode({.number = 6, .values = std::vector<double>(12, 2)}));
    CHECK(values_of(both, 0)[5] == 1.0F);
    CHECK(values_of(both, 1)[5] == 2.0F);
}

TEST_CASE("a field can use the bitmap of the field before it", "[grib]") {
    const GribSpec masked{.values = {1, 2, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12}, .missing = -1};
    const auto read =
        values_of(gfs::test::join_fields(encode(masked), gfs::test::with_previous_bitmap(encode(masked))), 1);
    CHECK(read[2] == fill);
    CHECK(read[3] == Approx(4));
}

TEST_CASE("the decode check finds a wrong number of missing values and values that are not finite", "[grib]") {
    const std::string text = encode({.values = {1, 2, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12}, .missing = -1});
    const std::vector<unsigned char> message(text.begin(), text.end());
    std::vector<float> values{1, 2, fill, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    CHECK_NOTHROW(gfs::check_decoded_values(message, values, fill));
    values[3] = fill;
    CHECK_THROWS_WITH(gfs::check_decoded_values(message, values, fill),
                      "2 of its 12 values are missing, and 1 should be");
    values[3] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(gfs::check_decoded_values(message, values, fill), "a decoded value is not a finite number");
}
