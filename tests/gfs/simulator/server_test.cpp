// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/server.hpp"
#include "freshet/error.hpp"
#include "simulator/publish.hpp"
#include "simulator/responses.hpp"
#include "support/temp_dir.hpp"
#include "upstream/http_source.hpp"

#include "freshet/file.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using gfs::simulator::parse_range;
using gfs::simulator::RequestedRange;
using gfs::simulator::Simulator;
using namespace std::chrono_literals;

namespace {

const freshet::SystemClock clock_of_tests;
const freshet::Time modified = std::chrono::sys_days{2022y / 3 / 15} + 21h + 30min;

/// A folder with one file of ten bytes.
struct Folder : freshet::test::TempDir {
    Folder() { gfs::simulator::write_file(*this / "a" / "f", "0123456789", modified); }
};

}  // namespace

TEST_CASE("a Range header is parsed", "[gfs]") {
    CHECK(parse_range("bytes=0-3", 10) == RequestedRange{0, 4});
    CHECK(parse_range("bytes=8-99", 10) == RequestedRange{8, 2});
    CHECK(parse_range("bytes=8-", 10) == RequestedRange{8, 2});
    CHECK(parse_range("bytes=-3", 10) == RequestedRange{7, 3});
    CHECK(parse_range("bytes=-30", 10) == RequestedRange{0, 10});
    CHECK(parse_range("bytes=10-12", 10) == RequestedRange{0, 0});
    for (const auto* range : {"bytes=0-1,4-5", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=x-3", ""}) {
        CAPTURE(range);
        CHECK(parse_range(range, 10) == std::nullopt);
    }
}

TEST_CASE("a source reads the files of a simulator's folder", "[gfs]") {
    const Folder folder;
    Simulator simulator(folder.path(), clock_of_tests);
    const freshet::http::Server server({}, [&simulator](const auto& request) { return simulator.handle(request); });
    const auto client = freshet::http::make_client();
    gfs::HttpSource source(fmt::format("http://127.0.0.1:{}", server.port()), *client);
    CHECK(source.get("a/f").bytes == "0123456789");
    CHECK(source.get("a/f", {3, 6}) == "345");
    const auto info = source.head("a/f");
    CHECK(info.length == 10);
    CHECK(info.last_modified == modified);
    CHECK(info.etag.size() > 2);
    CHECK_THROWS_AS(source.get("a/g"), freshet::TransientError);
    CHECK_THROWS_AS(source.get("a/f", {10, 12}), freshet::TransientError);
}

TEST_CASE("a simulator counts requests and sent bytes", "[gfs]") {
    const Folder folder;
    Simulator simulator(folder.path(), clock_of_tests);
    simulator.handle({.url = "/a/f"});
    simulator.handle({.url = "/a/f", .headers = {{"Range", "bytes=0-3"}}});
    simulator.handle({.method = "HEAD", .url = "/a/f"});
    simulator.handle({.url = "/_mirror/statistics"});
    const auto statistics = simulator.statistics();
    CHECK(statistics.at("requests").as_integer() == 3);
    CHECK(statistics.at("bytes").as_integer() == 14);
    CHECK(statistics.at("answers").as_array().size() == 3);
    CHECK(freshet::Json::parse(simulator.handle({.url = "/_mirror/statistics"}).body) == statistics);
}

TEST_CASE("files outside of the folder are not served", "[gfs]") {
    const Folder folder;
    Simulator simulator(folder / "a", clock_of_tests);
    CHECK(simulator.handle({.url = "/f"}).status == 200);
    for (const auto* url : {"/../a/f", "/x/../../a/f", "a/f", "", "/", "/etc/passwd", "//etc/passwd"}) {
        CAPTURE(url);
        CHECK(simulator.handle({.url = url}).status == 404);
    }
}

TEST_CASE("only GET and HEAD are supported", "[gfs]") {
    const Folder folder;
    Simulator simulator(folder.path(), clock_of_tests);
    CHECK(simulator.handle({.method = "DELETE", .url = "/a/f"}).status == 405);
    CHECK(simulator.handle({.url = "/a/f"}).status == 200);
}

TEST_CASE("a replaced file has another ETag", "[gfs]") {
    const Folder folder;
    Simulator simulator(folder.path(), clock_of_tests);
    const auto before = simulator.handle({.url = "/a/f"}).header("ETag");
    gfs::simulator::write_file(folder / "a" / "f", "0123456789", modified + 1s);
    CHECK(simulator.handle({.url = "/a/f"}).header("ETag") != before);
}
