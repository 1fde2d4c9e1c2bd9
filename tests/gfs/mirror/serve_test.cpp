// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/error.hpp"
#include "mirror/file_answer.hpp"
#include "mirror/files.hpp"
#include "mirror/mirror.hpp"
#include "source/http_source.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using gfs::mirror::Mirror;
using gfs::mirror::Span;
using gfs::mirror::span_of;
using namespace std::chrono_literals;

namespace {

const freshet::SystemClock clock_of_tests;
const freshet::Time modified = std::chrono::sys_days{2022y / 3 / 15} + 21h + 30min;

/// A folder with one file of ten bytes.
struct Folder : freshet::test::TempDir {
    Folder() { gfs::mirror::write_file(*this / "a" / "f", "0123456789", modified); }
};

}  // namespace

TEST_CASE("what a Range header asks for", "[gfs]") {
    CHECK(span_of("bytes=0-3", 10) == Span{0, 4});
    CHECK(span_of("bytes=8-99", 10) == Span{8, 2});
    CHECK(span_of("bytes=8-", 10) == Span{8, 2});
    CHECK(span_of("bytes=-3", 10) == Span{7, 3});
    CHECK(span_of("bytes=-30", 10) == Span{0, 10});
    CHECK(span_of("bytes=10-12", 10) == Span{0, 0});
    for (const auto* range : {"bytes=0-1,4-5", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=x-3", ""}) {
        CAPTURE(range);
        CHECK(span_of(range, 10) == std::nullopt);
    }
}

TEST_CASE("a source reads through a mirror what lies in its folder", "[gfs]") {
    const Folder folder;
    Mirror mirror(folder.path(), clock_of_tests);
    const freshet::http::Server server({}, [&mirror](const auto& request) { return mirror.handle(request); });
    const auto client = freshet::http::make_client();
    gfs::HttpSource source(fmt::format("http://127.0.0.1:{}", server.port()), *client);
    CHECK(source.get("a/f").bytes == "0123456789");
    CHECK(source.get("a/f", {3, 6}) == "345");
    const auto facts = source.head("a/f");
    CHECK(facts.length == 10);
    CHECK(facts.last_modified == modified);
    CHECK(facts.etag.size() > 2);
    CHECK_THROWS_AS(source.get("a/g"), freshet::TransientError);
    CHECK_THROWS_AS(source.get("a/f", {10, 12}), freshet::TransientError);
}

TEST_CASE("a mirror counts requests and the bytes it gave", "[gfs]") {
    const Folder folder;
    Mirror mirror(folder.path(), clock_of_tests);
    mirror.handle({.url = "/a/f"});
    mirror.handle({.url = "/a/f", .headers = {{"Range", "bytes=0-3"}}});
    mirror.handle({.method = "HEAD", .url = "/a/f"});
    mirror.handle({.url = "/_mirror/statistics"});
    const auto statistics = mirror.statistics();
    CHECK(statistics.at("requests").as_integer() == 3);
    CHECK(statistics.at("bytes").as_integer() == 14);
    CHECK(statistics.at("answers").as_array().size() == 3);
    CHECK(freshet::Json::parse(mirror.handle({.url = "/_mirror/statistics"}).body) == statistics);
}

TEST_CASE("nothing outside of the folder is served", "[gfs]") {
    const Folder folder;
    Mirror mirror(folder / "a", clock_of_tests);
    CHECK(mirror.handle({.url = "/f"}).status == 200);
    for (const auto* url : {"/../a/f", "/x/../../a/f", "a/f", "", "/", "/etc/passwd", "//etc/passwd"}) {
        CAPTURE(url);
        CHECK(mirror.handle({.url = url}).status == 404);
    }
}

TEST_CASE("only GET and HEAD are answered", "[gfs]") {
    const Folder folder;
    Mirror mirror(folder.path(), clock_of_tests);
    CHECK(mirror.handle({.method = "DELETE", .url = "/a/f"}).status == 405);
    CHECK(mirror.handle({.url = "/a/f"}).status == 200);
}

TEST_CASE("a replaced file has another ETag", "[gfs]") {
    const Folder folder;
    Mirror mirror(folder.path(), clock_of_tests);
    const auto before = mirror.handle({.url = "/a/f"}).header("ETag");
    gfs::mirror::write_file(folder / "a" / "f", "0123456789", modified + 1s);
    CHECK(mirror.handle({.url = "/a/f"}).header("ETag") != before);
}
