// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/source_file.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("what is noted of a file at upstream is read as it was", "[gfs]") {
    const gfs::SourceFile whole{
        "https://h/x/",
        "gfs.t06z",
        {.length = 5'000'000'000, .last_modified = freshet::Time(1'234'567'890ns), .etag = "\"a\""}};
    const gfs::SourceFile little{"/folder", "gfs.t06z", {.length = 1}};
    CHECK(gfs::source_file_from_json(to_json(whole)) == whole);
    CHECK(gfs::source_file_from_json(to_json(little)) == little);
}

TEST_CASE("a root's address may end with a slash or not", "[gfs]") {
    CHECK(gfs::SourceFile{"https://h/x/", "y"}.address() == "https://h/x/y");
    CHECK(gfs::SourceFile{"/folder", "y"}.address() == "/folder/y");
}

TEST_CASE("a file was replaced when its length or its time changed", "[gfs]") {
    const gfs::FileInfo then{.length = 10, .last_modified = freshet::Time(7s), .etag = "\"a\""};
    gfs::FileInfo now = then;
    CHECK_FALSE(gfs::is_replaced(then, now));
    now.last_modified = freshet::Time(8s);
    CHECK(gfs::is_replaced(then, now));
    now = then;
    now.length = 11;
    CHECK(gfs::is_replaced(then, now));
}

TEST_CASE("another ETag alone is another server, unless no server tells the time", "[gfs]") {
    gfs::FileInfo then{.length = 10, .last_modified = freshet::Time(7s), .etag = "\"a\""};
    gfs::FileInfo now = then;
    now.etag = "\"b\"";
    CHECK_FALSE(gfs::is_replaced(then, now));
    then.last_modified.reset();
    now.last_modified.reset();
    CHECK(gfs::is_replaced(then, now));
}
