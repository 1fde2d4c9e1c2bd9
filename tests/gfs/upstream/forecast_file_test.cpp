// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/forecast_file.hpp"

#include "real_data.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"
#include "synthetic_upload.hpp"
#include "upstream/remote_index.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace std::chrono_literals;
using freshet::FailureClass;
using freshet::TransientError;
using gfs::test::FakeWeb;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;
const freshet::Time now = cycle + 5h;

/// A synthetic lead of 54 messages with its inventory on a web server.
struct PublishedFile {
    PublishedFile() {
        web.files["http://a/f"] = {gfs::test::synthetic_grib(cycle), now - 1h};
        web.files["http://a/f.idx"] = {correct_inventory.text(), now - 1h};
    }

    gfs::ForecastFile read(std::chrono::seconds inventory_grace = 0s) {
        const auto source = gfs::make_source("http://a/", web);
        return gfs::read_forecast_file(*source, {.mirror = "http://a/", .path = "f", .info = source->head("f")}, key,
                                       {.now = now, .settle_time = settle_time, .inventory_grace = inventory_grace});
    }

    /// The error of reading it.
    TransientError failure(std::chrono::seconds inventory_grace = 0s) {
        try {
            read(inventory_grace);
        } catch (const TransientError& error) {
            return error;
        }
        return TransientError("nothing is wrong", FailureClass::permanent);
    }

    std::string& idx() { return web.files["http://a/f.idx"].bytes; }
    std::string& grib() { return web.files["http://a/f"].bytes; }

    std::chrono::seconds settle_time{0};
    gfs::FileKey key{.cycle = cycle, .product = "pgrb2.0p25", .lead = 7};
    gfs::Inventory correct_inventory = gfs::test::inventory_of(gfs::test::synthetic_grib(cycle));
    FakeWeb web;
};

}  // namespace

TEST_CASE("a correct inventory is used as published, with three requests", "[gfs]") {
    PublishedFile file;
    CHECK(file.read().inventory == file.correct_inventory);
    CHECK(file.web.requests == 3);
}

TEST_CASE("a file of a mirror whose clock is ahead is accepted, unless files have to settle there", "[gfs]") {
    PublishedFile file;
    for (auto& [url, published] : file.web.files) published.modified = now + 5min;
    CHECK(file.read().inventory == file.correct_inventory);
    file.settle_time = 30s;
    CHECK(file.failure().failure_class() == FailureClass::not_ready);
    CHECK(file.failure().retry_after() == 330s);
    CHECK_THAT(file.failure().what(), Catch::Contains("'http://a/f' was written at 11:05:00 and may still grow"));
}

TEST_CASE("a missing inventory is built from the file with few requests", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    CHECK(file.read().inventory == file.correct_inventory);
    CHECK(file.web.requests <= 6);  // 54 small messages share windows
}

TEST_CASE("a missing inventory is not ready while it may still be published", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    CHECK(file.failure(2h).failure_class() == FailureClass::not_ready);
    CHECK(file.read(59min).inventory == file.correct_inventory);
}

TEST_CASE("a truncated inventory is rebuilt from the file", "[gfs]") {
    PublishedFile file;
    const auto whole = file.idx();
    file.idx() = whole.substr(0, whole.find("\n30:") + 1);
    CHECK(file.read().inventory == file.correct_inventory);
    file.idx() = whole.substr(0, whole.size() - 25);
    CHECK(file.read().inventory == file.correct_inventory);
    file.idx() = whole.substr(0, whole.size() - 1);
    CHECK(file.read().inventory == file.correct_inventory);
}

TEST_CASE("an inventory of another cycle, of another file or much older than its file is rebuilt", "[gfs]") {
    PublishedFile file;
    const auto whole = file.idx();
    file.idx() = "1:0:d=2026082100:TMP:surface:anl:\n";
    CHECK(file.read().inventory == file.correct_inventory);
    file.idx() = "1:0:d=2026082106:TMP:surface:anl:\n2:99999999:d=2026082106:TMP:surface:anl:\n";
    CHECK(file.read().inventory == file.correct_inventory);
    file.idx() = "1:0:d=2026082106:TMP:surface:anl:\n";
    file.web.files["http://a/f.idx"].modified = now - 25h;
    CHECK(file.read().inventory == file.correct_inventory);
}

TEST_CASE("an inventory is not rebuilt after a transient failure to read it", "[gfs]") {
    PublishedFile file;
    file.web.fail_with("http://a/f.idx", {.status = 503});
    CHECK(file.failure().what() == std::string("GET http://a/f.idx: status 503, server error"));
    CHECK(file.web.requests == 2);
}

TEST_CASE("a truncated file is rejected", "[gfs]") {
    PublishedFile file;
    file.grib().resize(file.grib().size() - 100);
    CHECK_THAT(file.failure().what(), Catch::StartsWith("index 'http://a/f': message 54 at byte ") &&
                                          Catch::Contains(": it is truncated: it states "));
    CHECK(file.failure().failure_class() == FailureClass::not_ready);  // an hour old: may still be replaced
    file.web.files["http://a/f"].modified = now - 3h;
    CHECK(file.failure().failure_class() == FailureClass::transient);
}

TEST_CASE("an empty file in a folder is not ready", "[gfs]") {
    const freshet::test::TempDir folder;
    std::ofstream(folder / "f").flush();
    FakeWeb web;
    const auto source = gfs::make_source(folder.path().string(), web);
    const auto info = source->head("f");
    try {
        gfs::read_forecast_file(*source, {.mirror = folder.path().string(), .path = "f", .info = info},
                                {.cycle = cycle, .product = "pgrb2.0p25", .lead = 7},
                                {.now = *info.last_modified + 1min});
        FAIL("an empty file was accepted");
    } catch (const TransientError& error) {
        CHECK(error.failure_class() == FailureClass::not_ready);
        CHECK_THAT(error.what(), Catch::EndsWith("f': the file is empty"));
    }
}

TEST_CASE("a file of another lead is rejected, whatever its name", "[gfs]") {
    PublishedFile file;
    file.key.lead = 6;
    CHECK_THAT(file.failure().what(),
               Catch::Contains("'http://a/f' is of another lead than 6: its first time is '7 hour fcst'"));
}

TEST_CASE("an inventory of another lead is rebuilt from the file", "[gfs]") {
    PublishedFile file;
    for (auto at = file.idx().find("7 hour fcst"); at != std::string::npos; at = file.idx().find("7 hour fcst"))
        file.idx()[at] = '8';
    CHECK(file.read().inventory == file.correct_inventory);
}

TEST_CASE("a file of another cycle is rejected", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    const auto source = gfs::make_source("http://a/", file.web);
    CHECK_THROWS_WITH(gfs::index_remote_file(*source, "f", file.grib().size(), cycle + 6h, 1000),
                      "index 'http://a/f': message 1 at byte 0: it is of another cycle, 2026082106");
}

TEST_CASE("the content of large messages is not read", "[gfs]") {
    PublishedFile file;
    const auto source = gfs::make_source("http://a/", file.web);
    CHECK(gfs::index_remote_file(*source, "f", file.grib().size(), cycle, 400) == file.correct_inventory);
    CHECK(file.web.requests <= 2 * 54);
}

TEST_CASE("a source file survives a round trip through JSON", "[gfs]") {
    PublishedFile file;
    const auto file_read = file.read();
    const auto read = gfs::source_file_from_json(freshet::Json::parse(to_json(file_read).pretty()));
    CHECK(read.info == file_read.info);
    CHECK(read.address() == "http://a/f");
}

TEST_CASE("indexing a real file with several fields a message gives the same inventory as scanning it", "[gfs]") {
    const auto path = gfs::test::real_file("gfs.20110110.t12z.2p50.f120.grib2");
    if (!path) return;
    FakeWeb unused;
    const auto source = gfs::make_source(path->parent_path().string(), unused);
    const auto grib = freshet::read_file(*path);
    const auto made = gfs::index_remote_file(*source, path->filename(), grib.size(),
                                             std::chrono::sys_days{2011y / 1 / 10} + 12h, 1000);
    CHECK(made.entries().size() == 343);
    CHECK(made == gfs::test::inventory_of(grib));
}

TEST_CASE("large lengths and fractions of a second survive the JSON of a source file", "[gfs]") {
    const gfs::SourceFile whole{
        "https://h/x/",
        "gfs.t06z",
        {.length = 5'000'000'000, .last_modified = freshet::Time(1'234'567'890ns), .etag = "\"a\""}};
    const gfs::SourceFile minimal{"/folder", "gfs.t06z", {.length = 1}};
    CHECK(gfs::source_file_from_json(to_json(whole)) == whole);
    CHECK(gfs::source_file_from_json(to_json(minimal)) == minimal);
}

TEST_CASE("the address of a mirror may end with a slash or not", "[gfs]") {
    CHECK(gfs::SourceFile{"https://h/x/", "y"}.address() == "https://h/x/y");
    CHECK(gfs::SourceFile{"/folder", "y"}.address() == "/folder/y");
}

TEST_CASE("a file was replaced when its length or modification time changed", "[gfs]") {
    const gfs::FileInfo then{.length = 10, .last_modified = freshet::Time(7s), .etag = "\"a\""};
    gfs::FileInfo now = then;
    CHECK_FALSE(gfs::is_replaced(then, now));
    now.last_modified = freshet::Time(8s);
    CHECK(gfs::is_replaced(then, now));
    now = then;
    now.length = 11;
    CHECK(gfs::is_replaced(then, now));
}

TEST_CASE("a changed ETag counts only where there is no modification time", "[gfs]") {
    gfs::FileInfo then{.length = 10, .last_modified = freshet::Time(7s), .etag = "\"a\""};
    gfs::FileInfo now = then;
    now.etag = "\"b\"";
    CHECK_FALSE(gfs::is_replaced(then, now));
    then.last_modified.reset();
    now.last_modified.reset();
    CHECK(gfs::is_replaced(then, now));
}
