// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product.hpp"

#include "grib/reader.hpp"
#include "grib/scan.hpp"
#include "made_up_grib.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using gfs::StatedTime;
using gfs::Validity;
using gfs::validity_of;

namespace {

constexpr int average = 0, hours = 1, minutes = 0, months = 3;
constexpr auto noon = std::chrono::sys_days{2024y / 5 / 16} + 12h;

/// The validity of a message, by the reader and by the scanner, which must agree.
Validity validity_in(const std::string& bytes) {
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2", bytes);
    const Validity read = gfs::GribReader(folder / "a.grib2").messages().front().validity;
    CHECK(gfs::scan(bytes, "a.grib2").front().validity == read);
    return read;
}

}  // namespace

TEST_CASE("an interval begins at its forecast time if its length leads from there to its end", "[grib]") {
    const Validity validity = validity_of({.reference_time = noon,
                                           .unit = hours,
                                           .forecast_time = 6,
                                           .interval = {{.end = noon + 9h, .process = average, .length = 3}}});
    CHECK(validity == Validity{.begin = noon + 6h, .end = noon + 9h, .process = average});
}

TEST_CASE("an interval begins its length before its end if its forecast time leads elsewhere", "[grib]") {
    const StatedTime stated{.reference_time = noon + 330min,
                            .unit = minutes,
                            .forecast_time = 0,
                            .interval = {{.end = noon + 12h, .process = 1, .unit = hours, .length = 12}}};
    CHECK(validity_of(stated) == Validity{.begin = noon, .end = noon + 12h, .process = 1});
}

TEST_CASE("a forecast time in two's complement does not move the interval", "[grib]") {
    const StatedTime stated{.reference_time = noon,
                            .forecast_time = -2147483641,  // 0xfffffff9 with its sign apart; -7 in two's complement
                            .interval = {{.end = noon + 16h, .process = average, .length = 23}}};
    CHECK(validity_of(stated) == Validity{.begin = noon - 7h, .end = noon + 16h, .process = average});
}

TEST_CASE("an interval of a calendar month begins on the same day of the month before", "[grib]") {
    const auto march = std::chrono::sys_days{2024y / 3 / 1};
    StatedTime stated{.reference_time = std::chrono::sys_days{2024y / 2 / 1},
                      .forecast_time = 0,
                      .interval = {{.end = march, .process = average, .unit = months, .length = 1}}};
    CHECK(validity_of(stated).begin == std::chrono::sys_days{2024y / 2 / 1});
    stated.forecast_time = 5;
    CHECK(validity_of(stated).begin == std::chrono::sys_days{2024y / 2 / 1});
}

TEST_CASE("the length of one of several time ranges is not that of the interval", "[grib]") {
    const StatedTime stated{.reference_time = noon,
                            .forecast_time = 0,
                            .interval = {{.end = noon + 24h, .process = average, .range_count = 2, .length = 6}}};
    CHECK(validity_of(stated).begin == noon);
}

TEST_CASE("what makes no interval and no time is refused in one sentence", "[grib]") {
    StatedTime stated{.reference_time = noon, .unit = hours, .forecast_time = -2147483641};
    CHECK_THROWS_WITH(validity_of(stated),
                      "its forecast time of -2147483641 (unit 1) from 2024-05-16T12:00 is more than a century");
    stated.interval = {.end = noon + 16h, .process = average, .unit = hours, .length = 4294967294};
    CHECK_THROWS_WITH(validity_of(stated),
                      "its forecast time of -2147483641 (unit 1) from 2024-05-16T12:00 and its length of 4294967294 "
                      "(unit 1) make no interval that ends at 2024-05-17T04:00");
    stated.forecast_time = 20;
    stated.interval->length = 0;
    CHECK_THROWS_WITH(validity_of(stated), Catch::Contains("its length of 0 (unit 1) make no interval"));
}

TEST_CASE("an interval is read by its length, and listed so", "[grib]") {
    const auto start = std::chrono::sys_days{2022y / 3 / 15} + 18h;
    const Validity ndfd = validity_in(
        gfs::test::encode({.forecast_hour = 6, .process = 1, .end_hour = 6, .keys = {{"lengthOfTimeRange", 12}}}));
    CHECK(ndfd == Validity{.begin = start - 6h, .end = start + 6h, .process = 1});
    CHECK(gfs::time_text(ndfd, start) == "-6-6 hour acc fcst");
    const Validity aqm = validity_in(gfs::test::encode(
        {.process = 0, .end_hour = 16, .keys = {{"forecastTime", -2147483641}, {"lengthOfTimeRange", 23}}}));
    CHECK(aqm == Validity{.begin = start - 7h, .end = start + 16h, .process = 0});
}

TEST_CASE("the real maximum of AQM covers 23 h and the real sum of NDFD 12 h", "[grib]") {
    const auto aqm = gfs::test::ncep_file("aqm.max_1hr_pm25.grib2");
    const auto ndfd = gfs::test::ncep_file("s3_ndfd606.grib2");
    if (!aqm || !ndfd) return;
    CHECK(validity_in(freshet::read_file(*aqm)) == Validity{.begin = std::chrono::sys_days{2024y / 5 / 16} + 5h,
                                                            .end = std::chrono::sys_days{2024y / 5 / 17} + 4h,
                                                            .process = average});
    CHECK(validity_in(freshet::read_file(*ndfd)) == Validity{.begin = std::chrono::sys_days{2020y / 11 / 18} + 12h,
                                                             .end = std::chrono::sys_days{2020y / 11 / 19},
                                                             .process = 1});
}
