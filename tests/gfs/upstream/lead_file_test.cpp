// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/lead_file.hpp"

#include "made_up_upload.hpp"
#include "real_data.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"
#include "upstream/walk.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace std::chrono_literals;
using freshet::FailureClass;
using freshet::TransientError;
using gfs::test::FakeWeb;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;
const freshet::Time now = cycle + 5h;

/// A made-up lead of 54 messages with its inventory, on a web server.
struct PublishedFile {
    PublishedFile() {
        web.files["http://a/f"] = {gfs::test::synthetic_grib(cycle), now - 1h};
        web.files["http://a/f.idx"] = {correct_inventory.text(), now - 1h};
    }

    gfs::LeadFile inspect_file(std::chrono::seconds inventory_grace = 0s) {
        const auto source = gfs::make_source("http://a/", web);
        return gfs::inspect(*source, {.mirror = "http://a/", .path = "f", .info = source->head("f")}, key,
                            {.now = now, .settle_time = settle_time, .inventory_grace = inventory_grace});
    }

    /// What inspecting it fails with.
    TransientError failure(std::chrono::seconds inventory_grace = 0s) {
        try {
            inspect_file(inventory_grace);
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

TEST_CASE("a right inventory is taken as it is, with three requests", "[gfs]") {
    PublishedFile file;
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    CHECK(file.web.requests == 3);
}

TEST_CASE("a file from a root whose clock is ahead is taken, unless files have to settle there", "[gfs]") {
    PublishedFile file;
    for (auto& [url, published] : file.web.files) published.modified = now + 5min;
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    file.settle_time = 30s;
    CHECK(file.failure().failure_class() == FailureClass::not_ready);
    CHECK(file.failure().retry_after() == 330s);
    CHECK_THAT(file.failure().what(), Catch::Contains("'http://a/f' was written at 11:05:00 and may still grow"));
}

TEST_CASE("a missing inventory is made from the file with few requests", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    CHECK(file.web.requests <= 6);  // 54 small messages share windows
}

TEST_CASE("a missing inventory is waited for where it may still come", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    CHECK(file.failure(2h).failure_class() == FailureClass::not_ready);
    CHECK(file.inspect_file(59min).inventory == file.correct_inventory);
}

TEST_CASE("an inventory that is cut off, between lines or within one, is made anew", "[gfs]") {
    PublishedFile file;
    const auto whole = file.idx();
    file.idx() = whole.substr(0, whole.find("\n30:") + 1);
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    file.idx() = whole.substr(0, whole.size() - 25);
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    file.idx() = whole.substr(0, whole.size() - 1);
    CHECK(file.inspect_file().inventory == file.correct_inventory);
}

TEST_CASE("an inventory of another cycle, of another file or much older than its file is made anew", "[gfs]") {
    PublishedFile file;
    const auto whole = file.idx();
    file.idx() = "1:0:d=2026082100:TMP:surface:anl:\n";
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    file.idx() = "1:0:d=2026082106:TMP:surface:anl:\n2:99999999:d=2026082106:TMP:surface:anl:\n";
    CHECK(file.inspect_file().inventory == file.correct_inventory);
    file.idx() = "1:0:d=2026082106:TMP:surface:anl:\n";
    file.web.files["http://a/f.idx"].modified = now - 25h;
    CHECK(file.inspect_file().inventory == file.correct_inventory);
}

TEST_CASE("an inventory that cannot be read just now is no reason to make one", "[gfs]") {
    PublishedFile file;
    file.web.fail_with("http://a/f.idx", {.status = 503});
    CHECK(file.failure().what() == std::string("GET http://a/f.idx: status 503, the server failed"));
    CHECK(file.web.requests == 2);
}

TEST_CASE("a file that is cut off is refused, whether its inventory knows it or not", "[gfs]") {
    PublishedFile file;
    file.grib().resize(file.grib().size() - 100);
    CHECK_THAT(file.failure().what(), Catch::StartsWith("make the inventory of 'http://a/f': message 54 at byte ") &&
                                          Catch::Contains(": it is cut off: it states "));
    CHECK(file.failure().failure_class() == FailureClass::not_ready);  // an hour old: it may still be replaced
    file.web.files["http://a/f"].modified = now - 3h;
    CHECK(file.failure().failure_class() == FailureClass::transient);
}

TEST_CASE("a file in a folder of which nothing is there yet is waited for", "[gfs]") {
    const freshet::test::TempDir folder;
    std::ofstream(folder / "f").flush();
    FakeWeb web;
    const auto source = gfs::make_source(folder.path().string(), web);
    const auto info = source->head("f");
    try {
        gfs::inspect(*source, {.mirror = folder.path().string(), .path = "f", .info = info},
                     {.cycle = cycle, .product = "pgrb2.0p25", .lead = 7}, {.now = *info.last_modified + 1min});
        FAIL("it was taken for a whole file");
    } catch (const TransientError& error) {
        CHECK(error.failure_class() == FailureClass::not_ready);
        CHECK_THAT(error.what(), Catch::EndsWith("f': it is empty"));
    }
}

TEST_CASE("a file of another lead is refused, whatever its name says", "[gfs]") {
    PublishedFile file;
    file.key.lead = 6;
    CHECK_THAT(file.failure().what(),
               Catch::Contains("'http://a/f' holds nothing of lead 6 but of another, '7 hour fcst'"));
}

TEST_CASE("an inventory of another lead is made anew from the file", "[gfs]") {
    PublishedFile file;
    for (auto at = file.idx().find("7 hour fcst"); at != std::string::npos; at = file.idx().find("7 hour fcst"))
        file.idx()[at] = '8';
    CHECK(file.inspect_file().inventory == file.correct_inventory);
}

TEST_CASE("a file of another cycle is refused", "[gfs]") {
    PublishedFile file;
    file.web.files.erase("http://a/f.idx");
    const auto source = gfs::make_source("http://a/", file.web);
    CHECK_THROWS_WITH(gfs::index_remote_file(*source, "f", file.grib().size(), cycle + 6h, 1000),
                      "make the inventory of 'http://a/f': message 1 at byte 0: it is of another cycle, 2026082106");
}

TEST_CASE("large messages are jumped over", "[gfs]") {
    PublishedFile file;
    const auto source = gfs::make_source("http://a/", file.web);
    CHECK(gfs::index_remote_file(*source, "f", file.grib().size(), cycle, 400) == file.correct_inventory);
    CHECK(file.web.requests <= 2 * 54);
}

TEST_CASE("a note on a file is read as the same file", "[gfs]") {
    PublishedFile file;
    const auto inspected = file.inspect_file();
    const auto read = gfs::source_file_from_json(freshet::Json::parse(to_json(inspected).pretty()));
    CHECK(read.info == inspected.info);
    CHECK(read.address() == "http://a/f");
}

TEST_CASE("the inventory of a real file with several fields a message is made as scanning makes it", "[gfs]") {
    const auto path = gfs::test::real_file("gfs.20110110.t12z.2p50.f120.grib2");
    if (!path) return;
    FakeWeb unused;
    const auto source = gfs::make_source(path->parent_path().string(), unused);
    const auto grib = gfs::simulator::read_file(*path);
    const auto made = gfs::index_remote_file(*source, path->filename(), grib.size(),
                                             std::chrono::sys_days{2011y / 1 / 10} + 12h, 1000);
    CHECK(made.entries().size() == 343);
    CHECK(made == gfs::test::inventory_of(grib));
}
