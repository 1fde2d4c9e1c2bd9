// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/appear.hpp"
#include "mirror/faults.hpp"

#include "freshet/error.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using freshet::Json;
using gfs::mirror::appearing;
using gfs::mirror::Fault;
using gfs::mirror::FaultKind;
using gfs::mirror::Faults;
using gfs::mirror::faults_from;
using namespace std::chrono_literals;

namespace {

std::string refusal(const char* text) {
    try {
        faults_from(Json::parse(text));
    } catch (const freshet::ParameterError& error) {
        return error.what();
    }
    return "accepted";
}

/// A mirror's faults and its time.
struct Told {
    explicit Told(std::vector<Fault> list) { faults.set(std::move(list)); }

    bool meets(const std::string& method = "GET", const std::string& path = "/gfs/x.f003") {
        return faults.meet(method, path).has_value();
    }

    freshet::test::FakeClock clock;
    Faults faults{clock};
};

}  // namespace

TEST_CASE("a fault is read with all that it says", "[gfs]") {
    const auto faults = faults_from(Json::parse(
        R"({"faults":[{"kind":"status","path":"*.idx","method":"GET","from":1,"until":2.5,"after":3,"times":4,
                       "status":429,"retry_after":7},
                      {"kind":"truncated","messages":5}]})"));
    CHECK(faults == std::vector<Fault>{{.kind = FaultKind::status, .path = "*.idx", .method = "GET", .from = 1,
                                        .until = 2.5, .after = 3, .times = 4, .status = 429, .retry_after = 7},
                                       {.kind = FaultKind::truncated, .messages = 5}});
}

TEST_CASE("a fault that says nothing that can be done is refused in words", "[gfs]") {
    CHECK(refusal(R"({"faults":[{"kind":"cut"},{"kind":"smoke"}]})").starts_with(
        "fault 2: kind: 'smoke' is no kind of fault; there are absent, status, "));
    CHECK(refusal(R"({"faults":[{"kind":"cut","time":1}]})").starts_with("fault 1: 'time' is no key of a fault; there are kind, "));
    CHECK(refusal(R"({"faults":[{"path":"*"}]})") == "fault 1: its 'kind' is missing");
    CHECK(refusal(R"({"faults":[{"kind":"truncated"}]})") ==
          "fault 1: a truncated file ends after either 'bytes' or 'messages'");
    CHECK(refusal(R"({"faults":[{"kind":"replaced"}]})") == "fault 1: its 'by' is missing");
    CHECK(refusal(R"({"faults":[{"kind":"cut","bytes":-1}]})") == "fault 1: bytes: -1 is less than 0");
}

TEST_CASE("a fault hits the paths and methods it names", "[gfs]") {
    Told told({{.kind = FaultKind::html, .path = "*.f003", .method = "GET"}});
    CHECK(told.meets("GET", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003"));
    CHECK_FALSE(told.meets("GET", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003.idx"));
    CHECK_FALSE(told.meets("HEAD", "/gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f003"));
}

TEST_CASE("a fault spares the first requests and hits so many", "[gfs]") {
    Told told({{.kind = FaultKind::html, .after = 1, .times = 2}});
    CHECK_FALSE(told.meets());
    CHECK(told.meets());
    CHECK(told.meets());
    CHECK_FALSE(told.meets());
    CHECK(told.faults.json() == Json::parse(R"({"faults":[{"kind":"html","path":"*","met":2}]})"));
}

TEST_CASE("a fault's time counts from when it was set", "[gfs]") {
    Told told({{.kind = FaultKind::html, .from = 1, .until = 2}});
    CHECK_FALSE(told.meets());
    told.clock.pass(1s);
    CHECK(told.meets());
    told.clock.pass(1s);
    CHECK_FALSE(told.meets());
    told.faults.set({{.kind = FaultKind::html, .until = 0.5}});
    CHECK(told.meets());
}

TEST_CASE("the first of several faults counts until it is over", "[gfs]") {
    Told told({{.kind = FaultKind::html, .times = 1}, {.kind = FaultKind::empty}});
    CHECK(told.faults.meet("GET", "/x")->kind == FaultKind::html);
    CHECK(told.faults.meet("GET", "/x")->kind == FaultKind::empty);
}

TEST_CASE("leads appear on a schedule", "[gfs]") {
    Told told(appearing("3:20,14:25.5"));
    CHECK(told.meets("GET", "/gfs.t06z.pgrb2.0p25.f003"));
    CHECK(told.meets("HEAD", "/gfs.t06z.pgrb2.0p25.f014.idx"));
    CHECK_FALSE(told.meets("GET", "/gfs.t06z.pgrb2.0p25.f004"));
    told.clock.pass(20s);
    CHECK_FALSE(told.meets("GET", "/gfs.t06z.pgrb2.0p25.f003"));
    CHECK(told.meets("GET", "/gfs.t06z.pgrb2.0p25.f014"));
    CHECK_THROWS_WITH(appearing("3"), "'3' is not a lead and its seconds, like 3:20");
    CHECK_THROWS_AS(appearing("3:20,x:1"), freshet::ParameterError);
}
