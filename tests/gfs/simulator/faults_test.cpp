// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/faults.hpp"

#include "freshet/error.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using freshet::Json;
using gfs::simulator::Fault;
using gfs::simulator::FaultInjector;
using gfs::simulator::FaultKind;
using gfs::simulator::parse_faults;
using gfs::simulator::parse_release_schedule;
using namespace std::chrono_literals;

namespace {

std::string error_of(const char* text) {
    try {
        parse_faults(Json::parse(text));
    } catch (const freshet::ParameterError& error) {
        return error.what();
    }
    return "accepted";
}

/// A simulator's faults and its time.
struct FaultFixture {
    explicit FaultFixture(std::vector<Fault> list) { faults.set(std::move(list)); }

    bool matches(const std::string& method = "GET", const std::string& path = "/gfs/x.f003") {
        return faults.match(method, path).has_value();
    }

    freshet::test::FakeClock clock;
    FaultInjector faults{clock};
};

}  // namespace

TEST_CASE("a fault is parsed with all its keys", "[gfs]") {
    const auto faults = parse_faults(Json::parse(
        R"({"faults":[{"kind":"status","path":"*.idx","method":"GET","from":1,"until":2.5,"after":3,"times":4,
                       "status":429,"retry_after":7},
                      {"kind":"truncated","messages":5}]})"));
    CHECK(faults == std::vector<Fault>{{.kind = FaultKind::status,
                                        .path = "*.idx",
                                        .method = "GET",
                                        .from = 1,
                                        .until = 2.5,
                                        .after = 3,
                                        .times = 4,
                                        .status = 429,
                                        .retry_after = 7},
                                       {.kind = FaultKind::truncated, .messages = 5}});
}

TEST_CASE("an invalid fault is an error that names its key", "[gfs]") {
    CHECK(error_of(R"({"faults":[{"kind":"cut"},{"kind":"smoke"}]})")
              .starts_with("fault 2: kind: unknown kind of fault 'smoke'; kinds: absent, status, "));
    CHECK(error_of(R"({"faults":[{"kind":"cut","time":1}]})")
              .starts_with("fault 1: unknown key 'time' of a fault; keys: kind, "));
    CHECK(error_of(R"({"faults":[{"path":"*"}]})") == "fault 1: 'kind' is required");
    CHECK(error_of(R"({"faults":[{"kind":"truncated"}]})") ==
          "fault 1: 'truncated' needs either 'bytes' or 'messages'");
    CHECK(error_of(R"({"faults":[{"kind":"replaced"}]})") == "fault 1: 'replaced' needs 'by'");
    CHECK(error_of(R"({"faults":[{"kind":"cut","bytes":-1}]})") == "fault 1: bytes: -1 is negative");
}

TEST_CASE("a fault applies to its paths and methods", "[gfs]") {
    FaultFixture fixture({{.kind = FaultKind::html, .path = "*.f003", .method = "GET"}});
    CHECK(fixture.matches("GET", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003"));
    CHECK_FALSE(fixture.matches("GET", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003.idx"));
    CHECK_FALSE(fixture.matches("HEAD", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003"));
}

TEST_CASE("a fault spares the first requests and applies a limited number of times", "[gfs]") {
    FaultFixture fixture({{.kind = FaultKind::html, .after = 1, .times = 2}});
    CHECK_FALSE(fixture.matches());
    CHECK(fixture.matches());
    CHECK(fixture.matches());
    CHECK_FALSE(fixture.matches());
    CHECK(fixture.faults.json() == Json::parse(R"({"faults":[{"kind":"html","path":"*","met":2}]})"));
}

TEST_CASE("a fault's time counts from its activation", "[gfs]") {
    FaultFixture fixture({{.kind = FaultKind::html, .from = 1, .until = 2}});
    CHECK_FALSE(fixture.matches());
    fixture.clock.advance(1s);
    CHECK(fixture.matches());
    fixture.clock.advance(1s);
    CHECK_FALSE(fixture.matches());
    fixture.faults.set({{.kind = FaultKind::html, .until = 0.5}});
    CHECK(fixture.matches());
}

TEST_CASE("the first of several faults applies until it is exhausted", "[gfs]") {
    FaultFixture fixture({{.kind = FaultKind::html, .times = 1}, {.kind = FaultKind::empty}});
    CHECK(fixture.faults.match("GET", "/x")->kind == FaultKind::html);
    CHECK(fixture.faults.match("GET", "/x")->kind == FaultKind::empty);
}

TEST_CASE("leads appear on a schedule", "[gfs]") {
    FaultFixture fixture(parse_release_schedule("3:20,14:25.5"));
    CHECK(fixture.matches("GET", "/gfs.t06z.pgrb2.0p25.f003"));
    CHECK(fixture.matches("HEAD", "/gfs.t06z.pgrb2.0p25.f014.idx"));
    CHECK_FALSE(fixture.matches("GET", "/gfs.t06z.pgrb2.0p25.f004"));
    fixture.clock.advance(20s);
    CHECK_FALSE(fixture.matches("GET", "/gfs.t06z.pgrb2.0p25.f003"));
    CHECK(fixture.matches("GET", "/gfs.t06z.pgrb2.0p25.f014"));
    CHECK_THROWS_WITH(parse_release_schedule("3"), "'3' is not LEAD:SECONDS like 3:20");
    CHECK_THROWS_AS(parse_release_schedule("3:20,x:1"), freshet::ParameterError);
}
