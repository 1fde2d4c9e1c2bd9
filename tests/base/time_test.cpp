// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono;

TEST_CASE("an instant is formatted in UTC with milliseconds", "[base]") {
    const Time time = sys_days(2026y / August / 21) + 6h + 5min + 4s + 7ms;
    CHECK(rfc3339(time) == "2026-08-21T06:05:04.007Z");
    CHECK(time_from_rfc3339("2026-08-21T06:05:04.007Z") == time);
}

TEST_CASE("offsets and fractions of any length are parsed", "[base]") {
    CHECK(time_from_rfc3339("2026-08-21T01:30:00+02:00") == sys_days(2026y / August / 20) + 23h + 30min);
    CHECK(time_from_rfc3339("2024-02-29T00:00:00.1234567891Z") == sys_days(2024y / February / 29) + 123456789ns);
}

TEST_CASE("instants before 1970 keep their date", "[base]") {
    CHECK(rfc3339(Time(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("an invalid instant is rejected with an example", "[base]") {
    CHECK_THROWS_WITH(time_from_rfc3339("2026-13-21T00:00:00Z"),
                      "'2026-13-21T00:00:00Z' is not an instant like 2026-08-21T06:00:00Z");
    for (const char* text : {"", "2026-08-21", "2026-02-29T00:00:00Z", "2026-08-21T24:00:00Z", "2026-08-21T06:00:00",
                             "2026-08-21T06:00:00.Z", "2026-08-21T06:00:00Zx"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(time_from_rfc3339(text), Error);
    }
}

TEST_CASE("seconds since 1970 survive conversion and back", "[base]") {
    const Time time = sys_days(2026y / August / 21) + 123456us;
    CHECK(time_from_epoch_seconds(epoch_seconds(time)) == time);
    CHECK(epoch_seconds(Time(1500ms)) == 1.5);
}

TEST_CASE("a readable duration has at most two units", "[base]") {
    CHECK(readable_duration(850ms) == "850 ms");
    CHECK(readable_duration(12s) == "12 s");
    CHECK(readable_duration(59'600ms) == "1 min 00 s");
    CHECK(readable_duration(200s) == "3 min 20 s");
    CHECK(readable_duration(125min) == "2 h 05 min");
    CHECK(readable_duration(50h) == "50 h 00 min");
}

TEST_CASE("the earliest instant ignores those that are not set", "[base]") {
    CHECK(earliest({Time(3s), std::nullopt, Time(2s), Time(4s)}) == Time(2s));
    CHECK(earliest({std::nullopt, std::nullopt}) == std::nullopt);
}

TEST_CASE("an HTTP date is formatted and parsed without the fraction of a second", "[base]") {
    const Time time = sys_days(2022y / March / 15) + 21h + 30min + 5s;
    CHECK(format_http_date(time + 999ms) == "Tue, 15 Mar 2022 21:30:05 GMT");
    CHECK(parse_http_date("Tue, 15 Mar 2022 21:30:05 GMT") == time);
}

TEST_CASE("anything but an IMF-fixdate is rejected as an HTTP date", "[base]") {
    for (const char* text :
         {"", "15 Mar 2022 21:30:05 GMT", "Tue, 15 Mar 2022 21:30:05", "Tue, 15 Mar 2022 24:30:05 GMT",
          "Tue, 31 Feb 2022 21:30:05 GMT", "Tue, 15 Foo 2022 21:30:05 GMT", "Tue, 15 Mar 2022 21:30:05 GMT "})
        CHECK_FALSE(parse_http_date(text));
}

TEST_CASE("format_utc drops the fraction of a second", "[base]") {
    CHECK(format_utc(sys_days(2026y / August / 21) + 6h + 5min + 4s + 7ms) == "2026-08-21T06:05:04Z");
    CHECK(format_utc(Time(-1ms)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("the steady clock never goes back", "[base]") {
    const freshet::SystemClock clock;
    const auto first = clock.steady_now();
    CHECK(clock.steady_now() >= first);
}
