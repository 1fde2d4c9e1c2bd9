// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"

#include "freshet/error.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"
#include "upstream/download.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using freshet::test::TempDir;
using gfs::Inventory;
using gfs::Levels;
using gfs::Selection;

namespace {

Inventory inventory_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    return Inventory::parse(std::string(std::istreambuf_iterator<char>(in), {}), path.string());
}

std::filesystem::path written(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
    return path;
}

const Inventory few = Inventory::parse(
    "1:0:d=2025080100:TMP:surface:7 hour fcst:\n"
    "2:10:d=2025080100:TMP:500 mb:7 hour fcst:\n"
    "3:20:d=2025080100:PRATE:surface:7 hour fcst:\n"
    "4:30:d=2025080100:PRATE:surface:6-7 hour ave fcst:\n",
    "few");

using Texts = std::vector<std::string>;

Texts unmatched(const Selection& selection) {
    Texts texts;
    for (const auto& pattern : selection.unmatched_patterns(few)) texts.push_back(pattern.text());
    for (const auto& pattern : selection.unmatched_levels(few)) texts.push_back(pattern.text());
    return texts;
}

}  // namespace

TEST_CASE("the portal selection has 54 messages of a forecast in 18 adjacent ranges", "[gfs]") {
    const auto file = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
    if (!file) return;
    const auto inventory = inventory_of(*file);
    const auto selected = Selection::parse("portal").select(inventory);
    CHECK(selected.size() == 54);
    const std::uint64_t length = inventory.last_offset() + 500'000;
    const auto messages = gfs::message_ranges(inventory, selected, length, "f007");
    const auto requests = gfs::merge_ranges(messages, {.waste = 0});
    CHECK(requests.size() == 18);
    std::uint64_t transferred = 0;
    for (const auto& request : requests) transferred += request.bytes.size();
    CHECK(transferred * 100 < length * 8);
    CHECK(Selection::parse("all").select(inventory).size() == 743);
}

TEST_CASE("the portal selection has 31 messages of an analysis in 13 adjacent ranges", "[gfs]") {
    const auto file = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f000.idx");
    if (!file) return;
    const auto inventory = inventory_of(*file);
    const auto selected = Selection::parse("portal").select(inventory);
    CHECK(selected.size() == 31);
    const auto messages = gfs::message_ranges(inventory, selected, inventory.last_offset() + 1, "f000");
    CHECK(gfs::merge_ranges(messages, {.waste = 0}).size() == 13);
}

TEST_CASE("patterns select by name, level and statistic", "[gfs]") {
    const auto averages = Selection::parse("PRATE:surface:ave").select(few);
    REQUIRE(averages.size() == 1);
    CHECK(averages[0].message == 4);
    const auto isobaric = Selection::parse("*:* mb").select(few);
    REQUIRE(isobaric.size() == 1);
    CHECK(isobaric[0].message == 2);
    CHECK(Selection::parse("TMP:*; T*:*").select(few).size() == 2);
}

TEST_CASE("levels restrict the selection of the patterns", "[gfs]") {
    CHECK(Selection::parse("all", Levels::parse("surface")).select(few).size() == 3);
    CHECK(Selection::parse("TMP:*", Levels::parse("400..600 mb")).select(few).size() == 1);
    CHECK(Selection::parse("PRATE:*", Levels::parse("500 mb")).select(few).empty());
}

TEST_CASE("patterns that match nothing are reported", "[gfs]") {
    CHECK(unmatched(Selection::parse("TMP:*;TMPP:*;PRATE:surface:max")) == Texts{"TMPP:*", "PRATE:surface:max"});
}

TEST_CASE("a level that no field of the file has is reported, one that no selected field has is not", "[gfs]") {
    CHECK(unmatched(Selection::parse("PRATE:*", Levels::parse("surface,500 mb,surfaec,2..5 mb"))) ==
          Texts{"*:2..5 mb", "*:surfaec"});
}

TEST_CASE("an analysis may lack the levels of forecasts alone, and no misspelt one", "[gfs]") {
    for (const char* const pattern : {"*:top of atmosphere", "*:* cloud top level", "*:surfaec:acc", "APCP:surface"})
        CHECK(gfs::may_be_absent_from_analyses(gfs::Pattern::parse(pattern)));
    for (const char* const pattern : {"*:surfaec", "*:top of atmosphree", "*:500..501 mb:instant", "APPC:surface"})
        CHECK_FALSE(gfs::may_be_absent_from_analyses(gfs::Pattern::parse(pattern)));
}

TEST_CASE("a pattern matches a parameter under its former and its present name", "[gfs]") {
    const auto old_file = Inventory::parse(
        "1:0:d=2020080100:CLWMR:500 mb:7 hour fcst:\n"
        "2:10:d=2020080100:TCDC:low cloud layer:7 hour fcst:\n"
        "3:20:d=2020080100:TCDC:500 mb:7 hour fcst:\n",
        "old");
    const auto new_file = Inventory::parse(
        "1:0:d=2025080100:CLMR:500 mb:7 hour fcst:\n2:10:d=2025080100:LCDC:low cloud layer:7 hour fcst:\n", "new");
    for (const char* const pattern : {"CLMR:500 mb", "CLWMR:500 mb", "CLM*:* mb"}) {
        INFO(pattern);
        CHECK(Selection::parse(pattern).select(old_file).size() == 1);
        CHECK(Selection::parse(pattern).select(new_file).size() == 1);
    }
    CHECK(Selection::parse("LCDC:low cloud layer").select(old_file).size() == 1);
    CHECK(Selection::parse("TCDC:low cloud layer").select(new_file).size() == 1);
    CHECK(Selection::parse("TCDC:*").select(new_file).empty());
    CHECK(Selection::parse("CLMRX:*").select(old_file).empty());
}

TEST_CASE("the real inventory of 2023 has the cloud mixing ratio under both of its names", "[gfs]") {
    const auto file = gfs::test::real_file("idx/kerchunk.gfs.t00z.pgrb2.0p25.f006.test-limit-100.idx");
    if (!file) return;
    const auto inventory = inventory_of(*file);
    const auto present = Selection::parse("CLMR:* mb").select(inventory);
    CHECK_FALSE(present.empty());
    CHECK(present == Selection::parse("CLWMR:* mb").select(inventory));
}

TEST_CASE("only parameters of the GFS may be absent from its analyses", "[gfs]") {
    const auto may_be_absent = [](const char* pattern) {
        return gfs::may_be_absent_from_analyses(gfs::Pattern::parse(pattern));
    };
    CHECK(may_be_absent("APCP:surface:acc"));
    CHECK(may_be_absent("CLWMR:500 mb"));
    CHECK(may_be_absent("*:low cloud top level"));
    CHECK_FALSE(may_be_absent("APPC:surface:acc"));
}

TEST_CASE("accumulations are selected among the matching fields", "[gfs]") {
    const auto inventory = Inventory::parse(
        "1:0:d=2025080100:APCP:surface:6-7 hour acc fcst:\n"
        "2:10:d=2025080100:PRATE:surface:6-7 hour ave fcst:\n"
        "3:20:d=2025080100:WATR:surface:6-7 hour acc fcst:\n"
        "4:30:d=2025080100:SUNSD:surface:7 hour fcst:\n",
        "f007");
    CHECK(Selection::parse("all").select_accumulations(inventory).size() == 3);
    CHECK(Selection::parse("portal").select_accumulations(inventory).size() == 1);
}

TEST_CASE("an unknown selection is rejected", "[gfs]") {
    CHECK_THROWS_WITH(Selection::parse("portals"),
                      Catch::StartsWith("'portals' is neither a selection of variables nor a file"));
}

TEST_CASE("files that differ in order, comments and blanks only are equal selections", "[gfs]") {
    const TempDir folder;
    const auto one =
        written(folder / "one", "# wind\nUGRD: 10 m above ground\n\nVGRD:10 m above ground  # north\r\nTMP\n");
    const auto other = written(folder / "other", "TMP:*:*\nVGRD:10 m above ground\nUGRD:10 m above ground");
    CHECK(Selection::read_file(one) == "TMP:*;UGRD:10 m above ground;VGRD:10 m above ground");
    CHECK(Selection::read_file(one) == Selection::read_file(other));
}

TEST_CASE("the text of a file of patterns parses to its selection", "[gfs]") {
    const TempDir folder;
    const auto text = Selection::read_file(written(folder / "wanted", "PRATE:surface:ave\nTMP:600..400 mb\n"));
    CHECK(text == "PRATE:surface:ave;TMP:400..600 mb");
    CHECK(Selection::parse(text).select(few).size() == 2);
}

TEST_CASE("the error of a bad pattern names file and line number", "[gfs]") {
    const TempDir folder;
    const auto error_for = [&](const std::string& line) {
        const auto file = written(folder / "wanted", "TMP\n" + line + "\n");
        try {
            Selection::read_file(file);
        } catch (const freshet::ParameterError& error) {
            return std::string(error.what()).substr(file.string().size() + 2);
        }
        return std::string("accepted");
    };
    CHECK(
        error_for("TMP surface") ==
        " line 2: 'TMP surface' is not a pattern like 'UGRD:10 m above ground' or 'APCP:surface:acc': 'TMP surface' is "
        "not a name of one word");
    CHECK_THAT(error_for("APCP:surface:sum"),
               Catch::EndsWith("'sum' is not a statistic: expected instant, acc, ave, max or min"));
    CHECK_THAT(error_for("APCP::acc"), Catch::EndsWith("a part is empty"));
    CHECK_THAT(error_for("1:2:APCP:surface"), Catch::EndsWith("it has 4 parts; expected name, level and statistic"));
    CHECK_THAT(error_for("TMP:500.. mb"), Catch::EndsWith("'500.. mb' is not a range of levels like '500..1000 mb'"));
}

TEST_CASE("a file without patterns and a missing file are rejected", "[gfs]") {
    const TempDir folder;
    CHECK_THROWS_WITH(Selection::read_file(written(folder / "empty", "# nothing\n")),
                      Catch::EndsWith("no line has a pattern"));
    CHECK_THROWS_WITH(Selection::read_file(folder / "none"), Catch::EndsWith("No such file or directory"));
}
