// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/data_checks.hpp"

#include "derive/converting.hpp"
#include "derive/wind.hpp"
#include "real_data.hpp"

#include <catch2/catch.hpp>

using gfs::DataChecks;
using gfs::PreviousAccumulationReader;
using gfs::test::ConversionFixture;
using gfs::test::encode;
using gfs::test::GribSpec;

namespace {

std::vector<std::string> texts(const DataChecks& checks) {
    std::vector<std::string> all;
    for (const auto& finding : checks.findings()) all.push_back(finding.check + ": " + finding.text());
    return all;
}

GribSpec temperature(std::vector<double> values) { return {.values = std::move(values)}; }

GribSpec sum(int number, int from, int to, double value) {
    return {.category = 1,
            .number = number,
            .surface = 1,
            .scaled_value = 0,
            .forecast_hour = from,
            .process = 1,
            .end_hour = to,
            .values = std::vector<double>(12, value)};
}

GribSpec sunshine(int at, double value) {
    return {.category = 6,
            .number = 201,
            .surface = 1,
            .scaled_value = 0,
            .forecast_hour = at,
            .values = std::vector<double>(12, value)};
}

/// Runs the checks on messages one hour after `earlier`.
std::vector<std::string> texts_after(const std::string& earlier, const std::string& messages) {
    ConversionFixture fixture;
    gfs::test::write(fixture.folder / "earlier.grib2", earlier);
    PreviousAccumulationReader sums(fixture.folder / "earlier.grib2", {});
    DataChecks checks(&sums);
    fixture.convert(messages, {&checks});
    return texts(checks);
}

}  // namespace

TEST_CASE("plausible data passes, and passed checks are counted", "[checks]") {
    ConversionFixture fixture;
    DataChecks checks(nullptr);
    fixture.convert(encode(temperature({280, 281, 282, 283, 284, 285, 286, 287, 288, 289, 290, 291})), {&checks});
    CHECK(texts(checks).empty());
    CHECK(checks.passed() == 4);  // range, presence, zeros, seam
}

TEST_CASE("each level of a variable is checked and named", "[checks]") {
    ConversionFixture fixture;
    DataChecks checks(nullptr);
    const auto at = [](long pascal, double value) {
        return encode({.surface = 100, .scaled_value = pascal, .values = std::vector<double>(12, value)});
    };
    fixture.convert(at(50000, 250) + at(85000, 2500), {&checks});
    CHECK(texts(checks) ==
          std::vector<std::string>{"range: air_temperature_isobaric at 850 mb: 12 of 12 values are outside "
                                   "120 to 370: 2500 to 2500"});
}

TEST_CASE("derived fields are checked too", "[checks]") {
    ConversionFixture fixture;
    gfs::Winds winds;
    DataChecks checks(nullptr);
    const std::vector<double> strong(12, 190);
    fixture.convert(encode({.category = 2, .number = 2, .scaled_value = 10, .values = strong}) +
                        encode({.category = 2, .number = 3, .scaled_value = 10, .values = strong}),
                    {&winds, &checks});
    CHECK(texts(checks) ==
          std::vector<std::string>{"range: wind_speed_10m: 12 of 12 values are outside 0 to 200: 268.7006 to "
                                   "268.7006"});
}

TEST_CASE("sums of the bucket and of the run must not decrease from lead to lead", "[checks]") {
    CHECK(texts_after(encode(sum(8, 6, 8, 2)) + encode(sum(8, 0, 8, 9)),
                      encode(sum(8, 6, 9, 2)) + encode(sum(8, 0, 9, 9)))
              .empty());
    const auto found = texts_after(encode(sum(8, 6, 8, 2)) + encode(sum(8, 0, 8, 9)),
                                   encode(sum(8, 6, 9, 3)) + encode(sum(8, 0, 9, 3)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with(
        "decrease: precipitation_amount_surface_run: 12 of 12 sums are smaller than one hour earlier, by "
        "up to 6 where packing explains "));
}

TEST_CASE("a new bucket may start lower than the old one, the run's sum may not", "[checks]") {
    const auto found = texts_after(encode(sum(8, 0, 6, 5)) + encode(sum(8, 0, 6, 5)),
                                   encode(sum(8, 6, 7, 1)) + encode(sum(8, 0, 7, 1)));
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("decrease: precipitation_amount_surface_run: "));
}

TEST_CASE("the duration of sunshine is a sum over its bucket although labelled as an instant", "[checks]") {
    CHECK(texts_after(encode(sunshine(8, 3600)), encode(sunshine(9, 7200))).empty());
    CHECK(texts_after(encode(sunshine(8, 3600)), encode(sunshine(9, 1800))).size() == 1);
    CHECK(texts_after(encode(sunshine(6, 21600)), encode(sunshine(7, 0))).empty());
}

TEST_CASE("real files pass every check", "[checks]") {
    for (const auto* const name :
         {"gfs.20110110.t12z.2p50.f120.grib2", "gfs.20220315.t18z.1p00.f006.tuv.grib2",
          "gfs.20200804.t12z.0p25.eu49x33.f006.grib2", "gfs.20210604.t12z.0p25.f000.uv10.grib2"}) {
        const auto file = gfs::test::real_file(name);
        if (!file) return;
        const freshet::test::TempDir folder;
        DataChecks checks(nullptr);
        gfs::convert({.grib = *file, .netcdf = folder / "a.nc", .dataset = {}, .processors = {&checks}});
        CHECK(texts(checks) == std::vector<std::string>{});
    }
}
