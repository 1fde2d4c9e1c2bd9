// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"

#include "tasks/provenance.hpp"
#include "tasks/watch.hpp"

#include "support/temp_dir.hpp"

#include "freshet/build.hpp"

#include <catch2/catch.hpp>

using freshet::LocalTarget;
using freshet::test::TempDir;

namespace {

namespace files = std::filesystem;

gfs::CycleParameters cycle_parameters(const TempDir& root) {
    return {.cycle = freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), .root = root.path()};
}

/// A complete revision 1 with leads 0 to 2.
gfs::CycleParameters complete_cycle(const TempDir& root) {
    const auto cycle = cycle_parameters(root);
    for (const int lead : {0, 1, 2})
        LocalTarget(cycle.paths().netcdf(lead)).write(std::string("lead ") + std::to_string(lead));
    LocalTarget(cycle.paths().event("0-2")).write("{}");
    return cycle;
}

gfs::OpenRevision second_revision(const gfs::CycleParameters& first, std::string_view changed) {
    gfs::OpenRevision next{first, gfs::Leads::parse("0-2"), gfs::Leads::parse(changed), 1};
    next.revision = 2;
    return next;
}

bool build_revision(const gfs::OpenRevision& revision) {
    return freshet::build(freshet::Registry::of<gfs::OpenRevision>(), {revision}).succeeded();
}

/// Makes a lead's file with a record of its source.
struct MakeLead {
    files::path file;
    std::string source = "";

    static constexpr freshet::Parameter parameters[] = {
        freshet::param<&MakeLead::file>("output").required(),
        freshet::param<&MakeLead::source>("recorded source").required()};
    LocalTarget output() const { return LocalTarget(file); }
    void run(freshet::Context& context) const {
        context.add_metadata(gfs::sources_key,
                             freshet::Json::Array{to_json(gfs::SourceFile{.mirror = "/mirror", .path = source})});
        output().write(source);
    }
};

void make_lead(const gfs::CyclePaths& paths, int lead, const std::string& source) {
    REQUIRE(freshet::build(freshet::Registry::of<MakeLead>(), {MakeLead{paths.netcdf(lead), source}}).succeeded());
}

bool is_same_file(const gfs::CyclePaths& a, const gfs::CyclePaths& b, int lead) {
    return files::exists(b.netcdf(lead)) && files::equivalent(a.netcdf(lead), b.netcdf(lead));
}

}  // namespace

TEST_CASE("a new revision links the leads that were not replaced, and no other", "[gfs]") {
    const TempDir root;
    const auto first = complete_cycle(root);
    const auto next = second_revision(first, "1");
    REQUIRE(build_revision(next));
    CHECK(is_same_file(first.paths(), next.paths(), 0));
    CHECK(is_same_file(first.paths(), next.paths(), 2));
    CHECK_FALSE(files::exists(next.paths().netcdf(1)));
    const auto revision_record = gfs::RevisionRecord::parse(next.output().read());
    CHECK(revision_record.supersedes == 1);
    CHECK(revision_record.changed == "1");
}

TEST_CASE("a link of a killed run is removed when its lead was replaced since", "[gfs]") {
    const TempDir root;
    const auto first = complete_cycle(root);
    const auto next = second_revision(first, "0-1");
    files::create_directories(next.paths().folder());
    files::create_hard_link(first.paths().netcdf(0), next.paths().netcdf(0));
    REQUIRE(build_revision(next));
    CHECK_FALSE(files::exists(next.paths().netcdf(0)));
    CHECK(is_same_file(first.paths(), next.paths(), 2));
    CHECK(LocalTarget(first.paths().netcdf(0)).read() == "lead 0");
}

TEST_CASE("the newest revision is the last that was opened for these leads", "[gfs]") {
    const TempDir root;
    const auto paths = cycle_parameters(root).paths();
    CHECK(gfs::newest_revision(paths, "0-2") == 1);
    LocalTarget(paths.with_revision(2).revision_record("0-2")).write("{}");
    LocalTarget(paths.with_revision(10).event("0-2")).write("{}");
    LocalTarget(paths.with_revision(11).revision_record("0-6")).write("{}");
    CHECK(gfs::newest_revision(paths, "0-2") == 10);
}

TEST_CASE("the next revision has not been opened for any leads", "[gfs]") {
    const TempDir root;
    const auto paths = cycle_parameters(root).paths();
    CHECK(gfs::next_revision(paths) == 2);
    LocalTarget(paths.with_revision(3).revision_record("0-6")).write("{}");
    CHECK(gfs::next_revision(paths) == 4);
    LocalTarget(paths.with_revision(4).netcdf(0)).write("of a run that was killed before it opened the revision");
    CHECK(gfs::next_revision(paths) == 4);
    LocalTarget(paths.cycle_folder() / "r9").write("a file is no revision");
    CHECK(gfs::next_revision(paths) == 4);
}

TEST_CASE("a lead without recorded sources has none", "[gfs]") {
    const TempDir root;
    const auto first = complete_cycle(root);
    CHECK(gfs::sources_of(first.paths(), 0).empty());
    CHECK(gfs::sources_of(first.paths().with_revision(2), 0).empty());
}

TEST_CASE("a linked lead has the sources recorded in the superseded revision", "[gfs]") {
    const TempDir root;
    const auto first = cycle_parameters(root);
    for (const int lead : {0, 1, 2}) make_lead(first.paths(), lead, "the first file");
    make_lead(first.paths().with_revision(2), 0, "a second file");  // for other leads than those of this revision
    auto third = second_revision(first, "1");
    third.revision = 3;
    REQUIRE(build_revision(third));
    const auto sources = gfs::sources_of(third.paths(), 0);
    REQUIRE(sources.size() == 1);
    CHECK(sources[0].path == "the first file");
}

TEST_CASE("Contiguous requires all cycles since a time, newest first, and watches the young ones", "[gfs]") {
    const TempDir root;
    const gfs::Contiguous all{{{cycle_parameters(root)}}, freshet::Codec<gfs::Cycle>::read("2026-08-20T06")};
    std::vector<std::string> cycles, families;
    for (const auto& task : all.requirements()) {
        cycles.push_back(task.values().at("cycle"));
        families.emplace_back(task.type().family);
    }
    CHECK(cycles == std::vector<std::string>{"2026-08-21T06", "2026-08-21T00", "2026-08-20T18", "2026-08-20T12",
                                             "2026-08-20T06"});
    CHECK(families ==
          std::vector<std::string>{"WatchCycle", "WatchCycle", "IngestCycle", "IngestCycle", "IngestCycle"});
}

TEST_CASE("Contiguous requires no more cycles than are kept", "[gfs]") {
    const TempDir root;
    gfs::Contiguous all{{{cycle_parameters(root)}}, freshet::Codec<gfs::Cycle>::read("2026-08-20T06")};
    CHECK(freshet::Codec<gfs::Cycle>::write(all.oldest()) == "2026-08-20T06");
    all.keep_cycles = 2;
    CHECK(freshet::Codec<gfs::Cycle>::write(all.oldest()) == "2026-08-21T00");
    CHECK(all.requirements().size() == 2);
    all.keep_cycles = 40;
    CHECK(all.requirements().size() == 5);
}

TEST_CASE("every lead of a newer cycle has priority over all of an older one", "[gfs]") {
    const TempDir root;
    gfs::CycleParameters newer = cycle_parameters(root), older = newer;
    older.cycle -= std::chrono::hours(6);
    CHECK(newer.priority_of_lead(384) > older.priority_of_lead(0));
    CHECK(newer.priority_of_lead(384) > newer.priority_of_end());
    CHECK(newer.priority_of_end() > older.priority_of_lead(0));
}

TEST_CASE("Contiguous since a future time is rejected", "[gfs]") {
    const TempDir root;
    const gfs::Contiguous all{{{cycle_parameters(root)}}, freshet::Codec<gfs::Cycle>::read("2026-08-22T06")};
    CHECK_THROWS_WITH(all.requirements(), Catch::Contains("'2026-08-22T06' is after the newest cycle '2026-08-21T06'"));
}

TEST_CASE("Watch requires complete cycles only", "[gfs]") {
    const TempDir root;
    gfs::Watch watch{{{complete_cycle(root), gfs::Leads::parse("0-2")}}};
    CHECK(watch.requirements().size() == 1);
    watch.leads = gfs::Leads::parse("0-6");
    CHECK(watch.requirements().empty());
}

TEST_CASE("a check is complete unless it is older than requested", "[gfs]") {
    const TempDir root;
    gfs::WatchCycle watch{{{complete_cycle(root), gfs::Leads::parse("0-2")}, "2026-08-21T09:15:00.250Z"}};
    CHECK_FALSE(watch.complete());
    LocalTarget(watch.paths().checked_marker("0-2")).write(R"({"asked": "2026-08-21T09:15:00.250Z"})");
    CHECK(watch.complete());
    watch.asked = "2026-08-21T09:15:00.251Z";
    CHECK_FALSE(watch.complete());
}
