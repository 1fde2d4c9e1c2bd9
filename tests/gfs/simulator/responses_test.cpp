// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "simulator/publish.hpp"
#include "simulator/server.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

using freshet::http::Request;
using freshet::http::Response;
using gfs::simulator::Fault;
using gfs::simulator::FaultKind;
using gfs::simulator::Simulator;
using gfs::simulator::write_file;
using namespace std::chrono_literals;

namespace {

constexpr const char* index_text =
    "1:0:d=2026082106:TMP:surface:3 hour fcst:\n"
    "2:4:d=2026082106:UGRD:surface:3 hour fcst:\n"
    "3:7:d=2026082106:VGRD:surface:3 hour fcst:\n";

/// A simulator of one file of three "messages", with its inventory.
struct FaultySimulator {
    explicit FaultySimulator(Fault fault) : FaultySimulator(std::vector{std::move(fault)}) {}
    explicit FaultySimulator(std::vector<Fault> faults) {
        write_file(folder / "f", "0123456789", modified);
        write_file(folder / "f.idx", index_text, modified);
        write_file(folder / "other", "abc", modified + 1h);
        simulator.faults().set(std::move(faults));
    }

    Response get(const std::string& path, const std::string& range = "") {
        Request request{.url = path};
        if (!range.empty()) request.headers.emplace_back("range", range);
        return simulator.handle(request);
    }
    /// The body that a client would receive over a connection without fault.
    std::string body(const std::string& path, const std::string& range = "") {
        const auto response = get(path, range);
        if (!response.file) return response.body;
        return freshet::read_file(response.file->path).substr(response.file->offset, response.file->length);
    }

    static constexpr freshet::Time modified = freshet::test::FakeClock::start;
    freshet::test::TempDir folder;
    freshet::test::FakeClock clock;
    Simulator simulator{folder.path(), clock};
};

}  // namespace

TEST_CASE("an injected status applies to existing and absent files", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::status, .status = 429, .retry_after = 3});
    CHECK(faulty.get("/f").status == 429);
    CHECK(faulty.get("/f").header("Retry-After") == "3");
    CHECK(faulty.get("/none").status == 429);
    CHECK(FaultySimulator({.kind = FaultKind::absent}).get("/f").status == 404);
    CHECK(FaultySimulator({.kind = FaultKind::status, .status = 302}).get("/f").header("Location").has_value());
}

TEST_CASE("an injected fault returns an empty body or a web page with status 200", "[gfs]") {
    const auto empty = FaultySimulator({.kind = FaultKind::empty}).get("/f");
    CHECK(empty.status == 200);
    CHECK(empty.body.empty());
    CHECK_FALSE(empty.file);
    const auto page = FaultySimulator({.kind = FaultKind::html}).get("/f");
    CHECK(page.status == 200);
    CHECK(page.body.starts_with("<!DOCTYPE html>"));
}

TEST_CASE("injected faults cut and throttle responses, and sent bytes are counted", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::cut});
    CHECK(faulty.get("/f", "bytes=2-5").fault.cut_after == 2);
    CHECK(faulty.simulator.statistics().at("bytes").as_integer() == 2);
    CHECK(FaultySimulator({.kind = FaultKind::cut, .bytes = 9}).get("/f").fault.cut_after == 9);
    CHECK(FaultySimulator({.kind = FaultKind::slow, .rate = 5}).get("/f").fault.bytes_per_second == 5);
}

TEST_CASE("injected faults ignore or shift ranges", "[gfs]") {
    FaultySimulator ignoring({.kind = FaultKind::ignore_range});
    CHECK(ignoring.get("/f", "bytes=2-5").status == 200);
    CHECK(ignoring.body("/f", "bytes=2-5") == "0123456789");
    FaultySimulator wrong({.kind = FaultKind::wrong_range, .shift = 3});
    CHECK(wrong.get("/f", "bytes=2-5").header("Content-Range") == "bytes 5-8/10");
    CHECK(wrong.body("/f", "bytes=2-5") == "5678");
}

TEST_CASE("a truncated file is shorter in every response, with another ETag", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::truncated, .path = "/f", .bytes = 5});
    CHECK(faulty.body("/f") == "01234");
    CHECK(faulty.body("/f", "bytes=3-8") == "34");
    CHECK(faulty.get("/f", "bytes=5-8").status == 416);
    const auto etag = faulty.get("/f").header("ETag");
    faulty.simulator.faults().set({});
    CHECK(faulty.get("/f").header("ETag") != etag);
}

TEST_CASE("file and inventory can be truncated together after whole messages", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::truncated, .path = "/f*", .messages = 2});
    CHECK(faulty.body("/f") == "0123456");
    CHECK(faulty.body("/f.idx") == std::string(index_text, std::string(index_text).find("3:7:")));
    FaultySimulator whole({.kind = FaultKind::truncated, .path = "/f*", .messages = 9});
    CHECK(whole.body("/f") == "0123456789");
    CHECK(whole.body("/f.idx") == index_text);
}

TEST_CASE("a stale inventory has shifted offsets and an older date", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::stale_index, .path = "*.idx", .shift = 2});
    CHECK(faulty.body("/f.idx").find("\n2:6:") != std::string::npos);
    CHECK(faulty.get("/f.idx").header("Last-Modified") == "Thu, 20 Aug 2026 06:00:00 GMT");
}

TEST_CASE("a replaced file is served from a given request on", "[gfs]") {
    FaultySimulator faulty({.kind = FaultKind::replaced, .path = "/f", .after = 1, .by = "other"});
    const auto before = faulty.get("/f");
    CHECK(faulty.body("/f") == "abc");
    CHECK(faulty.get("/f").header("ETag") != before.header("ETag"));
    CHECK(faulty.get("/f").header("Last-Modified") == "Fri, 21 Aug 2026 07:00:00 GMT");
    CHECK_THROWS_AS(FaultySimulator({.kind = FaultKind::replaced, .by = "none"}).get("/f"), freshet::Error);
}

TEST_CASE("faults are set and reported over HTTP", "[gfs]") {
    FaultySimulator faulty(std::vector<Fault>{});
    const auto post = [&](const char* text) {
        return faulty.simulator.handle({.method = "POST", .url = "/_mirror/faults", .body = text});
    };
    CHECK(post(R"({"faults":[{"kind":"html","path":"/f"}]})").status == 200);
    CHECK(faulty.body("/f").starts_with("<!DOCTYPE"));
    CHECK(freshet::Json::parse(faulty.get("/_mirror/faults").body).at("faults").as_array()[0].at("met").as_integer() ==
          1);
    CHECK(post(R"({"faults":[{"kind":"smoke"}]})").status == 400);
    CHECK(post("nonsense").status == 400);
    CHECK(post(R"({"faults":[]})").status == 200);
    CHECK(faulty.body("/f") == "0123456789");
    CHECK(faulty.simulator.statistics().at("requests").as_integer() == 2);
}
