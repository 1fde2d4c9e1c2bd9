// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace freshet;
using freshet::test::FakeClock;

TEST_CASE("a plain log line has the time and marks errors", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    const auto log = make_plain_log(out, clock);
    log->write({.event = "a", .message = "fine"});
    log->write({.level = LogLevel::error, .event = "b", .message = "broken"});
    const auto text = out.str();
    CHECK(text.substr(8) == " fine\n" + text.substr(0, 8) + " error: broken\n");
}

TEST_CASE("a line feed in a message does not start a new log line", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    make_plain_log(out, clock)->write({.event = "a", .message = "x\n06:00:00 error: forged\x1b[2J"});
    CHECK_THAT(out.str(), Catch::EndsWith(" x\\n06:00:00 error: forged\\x1b[2J\n"));
}

TEST_CASE("a log line obeys no control character in UTF-8 either", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    make_plain_log(out, clock)->write({.event = "a", .message = "x\u009b2Jy\x7fz\xff"});
    CHECK_THAT(out.str(), Catch::EndsWith(" x\\u009b2Jy\\u007fz\\xff\n"));
}

TEST_CASE("a JSON record has no half of a surrogate pair, whatever the message", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    const auto log = make_json_log(out, clock, {});
    log->write({.event = "a", .message = "grid \xff", .fields = {{"task", Json::Object{{"file", "\xed\xb3\xbf"}}}}});
    CHECK_THAT(out.str(), !Catch::Contains("\\ud"));
    CHECK(Json::parse(out.str()).at("msg") == Json("grid \uFFFD"));
}

TEST_CASE("a JSON record has the common fields and its own", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    const auto log = make_json_log(out, clock, {{"run_id", "r1"}});
    log->write({.level = LogLevel::warning, .event = "task.late", .message = "é\n", .fields = {{"attempt", 2}}});
    const auto record = Json::parse(out.str());
    CHECK(record.at("level") == Json("warning"));
    CHECK(record.at("event") == Json("task.late"));
    CHECK(record.at("msg") == Json("é\n"));
    CHECK(record.at("run_id") == Json("r1"));
    CHECK(record.at("attempt") == Json(2));
}

TEST_CASE("JSON records are numbered", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    const auto log = make_json_log(out, clock, {});
    log->write({.event = "a", .message = std::string(20'000, '\x01')});
    out.str("");
    log->write({.event = "b", .message = "short"});
    CHECK(Json::parse(out.str()).at("seq") == Json(2));
}

TEST_CASE("a record that is too long is truncated and marked as such", "[base]") {
    const FakeClock clock;
    std::ostringstream out;
    make_json_log(out, clock, {})->write({.event = "a", .message = std::string(20'000, '\x01')});
    CHECK(out.str().size() <= 16 * 1024 + 1);
    CHECK(Json::parse(out.str()).at("truncated") == Json(true));
}
