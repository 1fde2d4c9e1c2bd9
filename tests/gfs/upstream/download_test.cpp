// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/download.hpp"

#include "inventory/selection.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <map>

using gfs::ByteRange;
using gfs::Inventory;
using gfs::RangeRequest;
using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2025y / 8 / 1} + 0h;

/// A whole message of 32 bytes with a recognisable content.
std::string message(char who) {
    return std::string("GRIB\0\0\0\2\0\0\0\0\0\0\0\x20", 16) + std::string(12, who) + "7777";
}

/// Files in memory and a log of the requests.
class FakeSource final : public gfs::Source {
public:
    gfs::FileInfo head(const std::string& path) override {
        request_log += "HEAD ";
        return {.length = files.at(path).size(), .etag = etag};
    }
    gfs::WholeFile get(const std::string& path) override { return {.bytes = files.at(path), .info = {}}; }
    std::string get(const std::string& path, gfs::ByteRange range) override {
        request_log += std::to_string(range.begin) + "-" + std::to_string(range.end) + " ";
        if (replace_during_download) etag = "new";
        return files.at(path).substr(range.begin, range.size());
    }
    std::string address(const std::string& path) const override { return "fake/" + path; }

    std::map<std::string, std::string> files;
    std::string etag = "old";
    std::string request_log;
    bool replace_during_download = false;
};

/// Three messages, the first and the last of the temperature.
FakeSource source_with_three_messages() {
    FakeSource source;
    source.files["f"] = message('a') + message('b') + message('c');
    source.files["f.idx"] =
        "1:0:d=2025080100:TMP:surface:anl:\n2:32:d=2025080100:RH:surface:anl:\n3:64:d=2025080100:TMP:500 mb:anl:\n";
    return source;
}

std::string fetched(FakeSource& source, const gfs::FetchLimits& limits) {
    const gfs::ForecastFile file{{.mirror = "fake/", .path = "f", .info = source.head("f")},
                                 gfs::fetch_inventory(source, "f.idx", cycle).inventory};
    const auto selected = gfs::Selection::parse("TMP:*").select(file.inventory);
    std::string all;
    gfs::download(source, file, gfs::plan_download(file, selected, limits),
                  [&all](std::string_view bytes, std::uint64_t, std::uint64_t) { all += bytes; });
    return all;
}

}  // namespace

TEST_CASE("a message of several fields is one range, and the last message ends with the file", "[gfs]") {
    const auto inventory = Inventory::parse(
        "1.1:0:d=2011011012:UGRD:500 mb:anl:\n1.2:0:d=2011011012:VGRD:500 mb:anl:\n2:70:d=2011011012:TMP:500 mb:anl:\n",
        "f");
    CHECK(gfs::message_ranges(inventory, inventory.entries(), 100, "f") == std::vector<ByteRange>{{0, 70}, {70, 100}});
}

TEST_CASE("an inventory that points past the end of its file is rejected", "[gfs]") {
    const auto inventory =
        Inventory::parse("1:0:d=2025080100:TMP:surface:anl:\n2:90:d=2025080100:RH:surface:anl:\n", "f");
    CHECK_THROWS_WITH(gfs::message_ranges(inventory, inventory.entries(), 90, "http://a/f"),
                      "the inventory of 'http://a/f' has a message at byte 90, but the file has only 90 bytes");
}

TEST_CASE("adjacent messages are one request", "[gfs]") {
    const auto requests = gfs::merge_ranges({{0, 10}, {10, 30}, {40, 50}}, {.waste = 0});
    CHECK(requests == std::vector<RangeRequest>{{{0, 30}, {{0, 10}, {10, 30}}}, {{40, 50}, {{40, 50}}}});
}

TEST_CASE("the smallest gaps are bridged first, until the waste limit", "[gfs]") {
    const std::vector<ByteRange> messages{{0, 10}, {19, 20}, {22, 30}, {35, 40}};
    CHECK(gfs::merge_ranges(messages, {.waste = 7}).size() == 2);
    CHECK(gfs::merge_ranges(messages, {.waste = 6}).size() == 3);
    CHECK(gfs::merge_ranges(messages, {.waste = 16}).size() == 1);
    CHECK(gfs::merge_ranges(messages, {.waste = 7})[1].bytes == ByteRange{19, 40});
}

TEST_CASE("a request stays within its limit unless one message is larger", "[gfs]") {
    const auto requests = gfs::merge_ranges({{0, 10}, {10, 30}, {30, 35}, {35, 80}}, {.waste = 0, .request = 30});
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].bytes == ByteRange{0, 30});
    CHECK(requests[1].bytes == ByteRange{30, 35});
    CHECK(requests[2].bytes == ByteRange{35, 80});
}

TEST_CASE("an empty selection needs no request", "[gfs]") { CHECK(gfs::merge_ranges({}, {.waste = 100}).empty()); }

TEST_CASE("a download yields exactly the selected messages and compares the file afterwards", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK(fetched(source, {.waste = 0}) == message('a') + message('c'));
    CHECK(source.request_log == "HEAD 0-32 64-96 HEAD ");
}

TEST_CASE("bytes between the messages of a request are discarded", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK(fetched(source, {.waste = 32}) == message('a') + message('c'));
    CHECK(source.request_log == "HEAD 0-96 HEAD ");
}

TEST_CASE("foreign bytes between messages are not passed on", "[gfs]") {
    auto source = source_with_three_messages();
    source.files["f"] = message('a') + "\r\n" + message('b') + message('c') + "\n";
    source.files["f.idx"] =
        "1:0:d=2025080100:TMP:surface:anl:\n2:34:d=2025080100:RH:surface:anl:\n3:66:d=2025080100:TMP:500 mb:anl:\n";
    CHECK(fetched(source, {.waste = 0}) == message('a') + message('c'));
}

TEST_CASE("a file that is replaced during the download is rejected", "[gfs]") {
    auto source = source_with_three_messages();
    source.replace_during_download = true;
    CHECK_THROWS_WITH(fetched(source, {}),
                      "'fake/f' changed while it was downloaded: 96 bytes before, 96 after, another ETag");
}

TEST_CASE("an inventory with offsets inside messages is detected", "[gfs]") {
    auto source = source_with_three_messages();
    source.files["f.idx"] = "1:0:d=2025080100:RH:surface:anl:\n2:30:d=2025080100:TMP:surface:anl:\n";
    CHECK_THROWS_WITH(fetched(source, {}),
                      "the message at byte 30 of 'fake/f' is not whole: it does not start with 'GRIB'");
}

TEST_CASE("an inventory of another cycle is rejected", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK_THROWS_WITH(gfs::fetch_inventory(source, "f.idx", cycle + 6h),
                      "the inventory 'fake/f.idx' is of another cycle: message 1 has the reference time 2025080100 "
                      "instead of 2025080106");
}

TEST_CASE("a download plan counts messages, their bytes and the transferred bytes", "[gfs]") {
    auto source = source_with_three_messages();
    const gfs::ForecastFile file{{.mirror = "fake/", .path = "f", .info = source.head("f")},
                                 gfs::fetch_inventory(source, "f.idx", cycle).inventory};
    const auto selected = gfs::Selection::parse("TMP:*").select(file.inventory);
    const auto plan = gfs::plan_download(file, selected, {.waste = 32});
    CHECK(plan.entries == selected);
    CHECK(plan.requests == std::vector<RangeRequest>{{{0, 96}, {{0, 32}, {64, 96}}}});
    CHECK(plan.messages == 2);
    CHECK(plan.message_bytes == 64);
    CHECK(plan.transferred_bytes == 96);
}
