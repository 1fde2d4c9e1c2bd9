// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/cf_table.hpp"
#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"
#include "simulator/generate.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/provenance.hpp"
#include "upstream/source.hpp"

#include "made_up_grib.hpp"
#include "support/temp_dir.hpp"

#include "freshet/build.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdio>

using namespace std::chrono_literals;
using freshet::test::TempDir;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

void publish(const std::filesystem::path& upstream_folder, std::vector<int> leads) {
    gfs::simulator::generate({.folder = upstream_folder,
                              .cycle = cycle,
                              .leads = std::move(leads),
                              .grid = gfs::simulator::parse_grid("small")});
}

bool build_succeeds(const freshet::AnyTask& task) {
    using namespace gfs;
    return freshet::build(freshet::Registry::of<ConvertLead, FetchMessages, FetchSums, FetchInventory>(), {task})
        .succeeded();
}

}  // namespace

TEST_CASE("the sources of a lead are the files that were read, not those that were found before", "[gfs]") {
    const TempDir folder;
    const auto upstream_folder = folder / "mirror";
    publish(upstream_folder, {1, 2});
    gfs::FolderSource upstream(upstream_folder);
    const gfs::CycleParameters parameters{.cycle = cycle, .source = upstream_folder.string(), .root = folder / "store"};
    REQUIRE(build_succeeds(gfs::FetchInventory{parameters, 1}));
    const auto first = gfs::grib_path({cycle, parameters.product, 1});
    std::filesystem::last_write_time(upstream_folder / first, std::filesystem::file_time_type::clock::now());

    REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 2}));
    const auto sources = gfs::sources_of(parameters.paths(), 2);
    REQUIRE(sources.size() == 2);
    CHECK(sources[1].path == first);
    CHECK(sources[1].info == upstream.head(first));
}

TEST_CASE("the accumulations of a lead are not downloaded apart where the run has looked for the lead", "[gfs]") {
    const TempDir folder;
    publish(folder / "mirror", {1, 2});
    const gfs::CycleParameters parameters{
        .cycle = cycle, .source = (folder / "mirror").string(), .root = folder / "store"};
    const bool is_wanted = GENERATE(true, false);
    if (is_wanted) REQUIRE(build_succeeds(gfs::FetchInventory{parameters, 1}));
    REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 2}));
    CHECK(freshet::AnyTask(gfs::FetchMessages{parameters, 1}).complete() == is_wanted);
    CHECK(freshet::AnyTask(gfs::FetchSums{parameters, 1}).complete() != is_wanted);
}

TEST_CASE("a pattern that matches no message fails its lead unless it is optional, and is recorded then", "[gfs]") {
    const TempDir folder;
    publish(folder / "mirror", {1});
    gfs::CycleParameters parameters{.cycle = cycle,
                                    .variables = "TMP:2 m above ground;TMPP:*",
                                    .source = (folder / "mirror").string(),
                                    .root = folder / "store"};
    CHECK_FALSE(build_succeeds(gfs::ConvertLead{parameters, 1}));
    parameters.optional = true;
    REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 1}));
    CHECK(gfs::lead_provenance(parameters.paths(), 1).at(gfs::unmatched_key) ==
          freshet::Json(freshet::Json::Array{"TMPP:*"}));
}

TEST_CASE("a level that no message has fails its lead with any variables unless it is optional", "[gfs]") {
    const TempDir folder;
    publish(folder / "mirror", {0, 1});
    gfs::CycleParameters parameters{.cycle = cycle, .source = (folder / "mirror").string(), .root = folder / "store"};
    for (const char* const variables : {"portal", "all", "TMP:*"}) {
        parameters.variables = variables;
        parameters.levels = gfs::Levels::parse("surface,top of atmosphree");
        CHECK_FALSE(build_succeeds(gfs::FetchMessages{parameters, 0}));
        CHECK_FALSE(build_succeeds(gfs::FetchMessages{parameters, 1}));
        parameters.levels = gfs::Levels::parse("surface,top of atmosphere");  // an analysis has nothing there
        CHECK(build_succeeds(gfs::FetchMessages{parameters, 0}));
        parameters.root /= "next";
    }
    parameters.levels = gfs::Levels::parse("surface,top of atmosphree");
    parameters.optional = true;
    REQUIRE(build_succeeds(gfs::FetchMessages{parameters, 1}));
    const auto [record, messages] = gfs::FetchMessages{parameters, 1}.output();
    CHECK(gfs::SourceRecord::parse(record.read()).unmatched == std::vector<std::string>{"*:top of atmosphree"});
}

TEST_CASE("an analysis may lack what is a statistic of an interval, and no misspelt variable", "[gfs]") {
    const TempDir folder;
    publish(folder / "mirror", {0});
    gfs::CycleParameters parameters{.cycle = cycle,
                                    .variables = "TMP:2 m above ground;APCP:surface:acc",
                                    .source = (folder / "mirror").string(),
                                    .root = folder / "store"};
    REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 0}));
    const freshet::Json provenance = gfs::lead_provenance(parameters.paths(), 0);
    CHECK(provenance.find(gfs::unmatched_key) == nullptr);
    parameters.variables = "TMP:2 m above ground;APPC:surface:acc";
    CHECK_FALSE(build_succeeds(gfs::ConvertLead{parameters, 0}));
}

TEST_CASE("the record of a source keeps the patterns that matched nothing, and reads older ones without", "[gfs]") {
    gfs::SourceRecord record{.file = {.mirror = "m", .path = "p"}, .last_modified = "", .expected = {"a:b:c"}};
    CHECK(record.text().find("unmatched") == std::string::npos);
    CHECK(gfs::SourceRecord::parse(record.text()).unmatched.empty());
    record.unmatched = {"TMPP:*"};
    CHECK(gfs::SourceRecord::parse(record.text()).unmatched == record.unmatched);
}

TEST_CASE("an inventory rebuilt from a file names every parameter of the CF table as NCEP's inventories do", "[gfs]") {
    std::string grib;
    std::vector<std::string> names;
    const auto records = gfs::parse_csv(gfs::cf_map);
    for (auto record = records.begin() + 1; record != records.end(); ++record) {
        std::vector<std::string> numbers{fmt::format("{}-{}-{}", (*record)[1], (*record)[2], (*record)[3])};
        if (!(*record)[9].empty()) numbers.push_back((*record)[9]);  // the WMO's
        for (const std::string& parameter : numbers) {
            gfs::test::GribSpec message;
            REQUIRE(std::sscanf(parameter.c_str(), "%d-%d-%d", &message.discipline, &message.category,
                                &message.number) == 3);
            grib += encode(message);
            names.push_back((*record)[0]);
        }
    }
    const auto inventory = gfs::inventory_of(gfs::scan(grib, "made up"));
    std::vector<std::string> found;
    for (const gfs::Entry& entry : inventory.entries()) found.push_back(entry.name);
    CHECK(found == names);
    CHECK(names.size() > 200);
}

TEST_CASE("a lead without an inventory is ingested though its parameters have numbers of the WMO", "[gfs]") {
    const TempDir folder;
    gfs::CycleParameters parameters{.cycle = std::chrono::sys_days{2022y / 3 / 15} + 18h,
                                    .enhance = false,
                                    .source = (folder / "mirror").string(),
                                    .root = folder / "store"};
    const auto path = folder / "mirror" / gfs::grib_path({parameters.cycle, parameters.product, 6});
    const gfs::test::GribSpec fields[] = {
        {.category = 0, .number = 0},                                                             // TMP
        {.category = 3, .number = 18, .surface = 1},                                              // HPBL
        {.category = 1, .number = 33, .surface = 1},                                              // CRAIN
        {.category = 4, .number = 7, .surface = 1, .forecast_hour = 0, .process = 0},             // DSWRF
        {.category = 0, .number = 1, .surface = 100, .scaled_value = 50000, .scale_factor = 0}};  // VTMP: not portal's
    std::string grib;
    for (const auto& field : fields) grib += encode(field);
    std::filesystem::create_directories(path.parent_path());
    gfs::test::write(path, grib);
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 3h);
    for (const auto& [variables, messages] : {std::pair("portal", 4), std::pair("all", 5)}) {
        parameters.variables = variables;
        REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 6}));
        CHECK(gfs::lead_provenance(parameters.paths(), 6).at(gfs::messages_key).as_integer() == messages);
    }
}
