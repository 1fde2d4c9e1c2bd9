// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/download.hpp"

#include "source/selection.hpp"

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

/// Files in memory, and a diary of what was asked.
class FakeSource final : public gfs::Source {
public:
    gfs::FileFacts head(const std::string& path) override {
        diary += "HEAD ";
        return {.length = files.at(path).size(), .etag = etag};
    }
    gfs::WholeFile get(const std::string& path) override { return {.bytes = files.at(path), .facts = {}}; }
    std::string get(const std::string& path, gfs::ByteRange range) override {
        diary += std::to_string(range.begin) + "-" + std::to_string(range.end) + " ";
        if (is_replaced_meanwhile) etag = "new";
        return files.at(path).substr(range.begin, range.size());
    }
    std::string address(const std::string& path) const override { return "fake/" + path; }

    std::map<std::string, std::string> files;
    std::string etag = "old";
    std::string diary;
    bool is_replaced_meanwhile = false;
};

/// Three messages, of which the first and the last are of the temperature.
FakeSource source_of_three() {
    FakeSource source;
    source.files["f"] = message('a') + message('b') + message('c');
    source.files["f.idx"] =
        "1:0:d=2025080100:TMP:surface:anl:\n2:32:d=2025080100:RH:surface:anl:\n3:64:d=2025080100:TMP:500 mb:anl:\n";
    return source;
}

std::string fetched(FakeSource& source, const gfs::FetchLimits& limits) {
    const gfs::LeadFile file{{.root = "fake/", .path = "f", .facts = source.head("f")},
                             gfs::fetch_inventory(source, "f.idx", cycle).inventory};
    const auto wanted = gfs::Selection::named("TMP:*").of(file.inventory);
    std::string all;
    gfs::download(source, file, gfs::planned_fetches(file, wanted, limits),
                  [&all](std::string_view bytes, std::uint64_t, std::uint64_t) { all += bytes; });
    return all;
}

}  // namespace

TEST_CASE("a download is looked at before and after and holds just what was wanted", "[gfs]") {
    auto source = source_of_three();
    CHECK(fetched(source, {.waste = 0}) == message('a') + message('c'));
    CHECK(source.diary == "HEAD 0-32 64-96 HEAD ");
}

TEST_CASE("what is fetched in vain is thrown away", "[gfs]") {
    auto source = source_of_three();
    CHECK(fetched(source, {.waste = 32}) == message('a') + message('c'));
    CHECK(source.diary == "HEAD 0-96 HEAD ");
}

TEST_CASE("a file that is replaced during the download is not taken", "[gfs]") {
    auto source = source_of_three();
    source.is_replaced_meanwhile = true;
    CHECK_THROWS_WITH(fetched(source, {}),
                      "'fake/f' changed while it was downloaded: 96 bytes before, 96 after, another ETag");
}

TEST_CASE("an inventory whose offsets cut through messages is noticed", "[gfs]") {
    auto source = source_of_three();
    source.files["f.idx"] = "1:0:d=2025080100:RH:surface:anl:\n2:30:d=2025080100:TMP:surface:anl:\n";
    CHECK_THROWS_WITH(fetched(source, {}), "the message at byte 30 of 'fake/f' is not whole: it does not start with 'GRIB'");
}

TEST_CASE("an inventory of another cycle is not taken", "[gfs]") {
    auto source = source_of_three();
    CHECK_THROWS_WITH(gfs::fetch_inventory(source, "f.idx", cycle + 6h),
                      "the inventory 'fake/f.idx' is of another cycle: message 1 has the reference time 2025080100 "
                      "instead of 2025080106");
}
