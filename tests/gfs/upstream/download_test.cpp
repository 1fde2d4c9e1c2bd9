// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/download.hpp"

#include "inventory/selection.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2025y / 8 / 1} + 0h;

/// A message of 32 bytes that is whole and says who it is.
std::string message(char who) {
    return std::string("GRIB\0\0\0\2\0\0\0\0\0\0\0\x20", 16) + std::string(12, who) + "7777";
}

/// Files in memory, and a log of what was asked.
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

/// Three messages, of which the first and the last are of the temperature.
FakeSource source_with_three_messages() {
    FakeSource source;
    source.files["f"] = message('a') + message('b') + message('c');
    source.files["f.idx"] =
        "1:0:d=2025080100:TMP:surface:anl:\n2:32:d=2025080100:RH:surface:anl:\n3:64:d=2025080100:TMP:500 mb:anl:\n";
    return source;
}

std::string fetched(FakeSource& source, const gfs::FetchLimits& limits) {
    const gfs::LeadFile file{{.mirror = "fake/", .path = "f", .info = source.head("f")},
                             gfs::fetch_inventory(source, "f.idx", cycle).inventory};
    const auto selected = gfs::Selection::parse("TMP:*").select(file.inventory);
    std::string all;
    gfs::download(source, file, gfs::plan_range_requests(file, selected, limits),
                  [&all](std::string_view bytes, std::uint64_t, std::uint64_t) { all += bytes; });
    return all;
}

}  // namespace

TEST_CASE("a download is looked at before and after and holds just what was wanted", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK(fetched(source, {.waste = 0}) == message('a') + message('c'));
    CHECK(source.request_log == "HEAD 0-32 64-96 HEAD ");
}

TEST_CASE("what is fetched in vain is thrown away", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK(fetched(source, {.waste = 32}) == message('a') + message('c'));
    CHECK(source.request_log == "HEAD 0-96 HEAD ");
}

TEST_CASE("a file that is replaced during the download is not taken", "[gfs]") {
    auto source = source_with_three_messages();
    source.replace_during_download = true;
    CHECK_THROWS_WITH(fetched(source, {}),
                      "'fake/f' changed while it was downloaded: 96 bytes before, 96 after, another ETag");
}

TEST_CASE("an inventory whose offsets cut through messages is noticed", "[gfs]") {
    auto source = source_with_three_messages();
    source.files["f.idx"] = "1:0:d=2025080100:RH:surface:anl:\n2:30:d=2025080100:TMP:surface:anl:\n";
    CHECK_THROWS_WITH(fetched(source, {}),
                      "the message at byte 30 of 'fake/f' is not whole: it does not start with 'GRIB'");
}

TEST_CASE("an inventory of another cycle is not taken", "[gfs]") {
    auto source = source_with_three_messages();
    CHECK_THROWS_WITH(gfs::fetch_inventory(source, "f.idx", cycle + 6h),
                      "the inventory 'fake/f.idx' is of another cycle: message 1 has the reference time 2025080100 "
                      "instead of 2025080106");
}
