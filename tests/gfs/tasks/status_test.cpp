// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "tasks/dataset_status.hpp"
#include "tasks/watch.hpp"
#include "upstream/cache_files.hpp"
#include "upstream/mirror_health.hpp"

#include "store/outbox.hpp"
#include "support/fake_clock.hpp"
#include "support/small_disk.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <sstream>

using namespace std::chrono_literals;
using Catch::Contains;
using freshet::Json;
using Options = std::map<std::string, std::string, std::less<>>;

namespace {

namespace files = std::filesystem;

gfs::Cycle cycle_at(const std::string& text) { return freshet::Codec<gfs::Cycle>::read(text); }

/// The output of a command and its exit status.
struct Answer {
    int exit_status;
    std::string text;

    std::string first_line() const { return text.substr(0, text.find('\n')); }
};

/// A store with made-up cycles of the leads 0 to 2, at six o'clock on 2026-08-21: upstream has the cycle of midnight.
class Store {
public:
    files::path root() const { return folder_ / "store"; }
    freshet::test::FakeClock clock{};

    gfs::CyclePaths paths(const std::string& cycle, int revision = 1, const std::string& dataset = "gfs.0p25") const {
        return {root(), dataset, cycle_at(cycle), revision};
    }

    void publish(const gfs::CyclePaths& paths, int last_lead = 2) const {
        Json manifest = Json::Object{{"product", "pgrb2.0p25"}};
        for (int lead = 0; lead <= last_lead; ++lead) {
            freshet::write_file_atomically(paths.netcdf(lead), "data");
            manifest["files"].push_back(
                Json::Object{{"name", paths.netcdf(lead).filename().string()},
                             {"bytes", 4},
                             {"lead", lead},
                             {"checks", Json::Object{{"passed", 1}, {"warned", Json::Array{Json::object()}}}}});
        }
        const std::string leads = fmt::format("0-{}", last_lead);
        freshet::write_file_atomically(paths.manifest(leads), manifest.pretty());
        freshet::write_file_atomically(paths.event(leads), "{}");
        files::remove(paths.dataset_folder() / "latest");
        files::create_directory_symlink(paths.revision_name(), paths.dataset_folder() / "latest");
    }

    /// A day of complete cycles, up to the newest that upstream has.
    void publish_a_day() const {
        for (const char* cycle : {"2026-08-20T06", "2026-08-20T12", "2026-08-20T18", "2026-08-21T00"})
            publish(paths(cycle));
    }

    /// Records a run that asked for a cycle.
    template <class Task>
    void request(Task task, const std::string& cycle, const std::string& leads) const {
        task.root = root();
        task.leads = gfs::Leads::parse(leads);
        task.cycle = cycle_at(cycle);
        const freshet::AnyTask any(task);
        gfs::record_request({.root = any, .now = clock.now()});
    }

    Answer status(Options options = {}) const {
        options.emplace("root", root().string());
        std::ostringstream out, err;
        const freshet::Program program{.name = "gfs", .version = "1"};
        const int exit_status = gfs::status_command().run(
            {.operands = {}, .options = options, .program = program, .clock = clock, .out = out, .err = err});
        return {exit_status, out.str()};
    }

private:
    freshet::test::TempDir folder_;
};

}  // namespace

TEST_CASE("status is ok when the newest cycle that upstream has is complete", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const Answer answer = store.status();
    CHECK(answer.exit_status == 0);
    CHECK_THAT(answer.first_line(),
               Contains("GFS OK - gfs.0p25: the newest complete cycle is 2026-08-21T00, 6 h 0 min old |") &&
                   Contains(" gfs.0p25_age=21600s;;; gfs.0p25_late=0s;3600;25200;0 gfs.0p25_gaps=0;0;3;0"));
    const Json json = Json::parse(store.status({{"json", ""}}).text);
    CHECK(json.at("status").as_string() == "ok");
    const Json& newest = json.at("datasets").as_array().at(0).at("newest_complete");
    CHECK(newest.at("cycle").as_string() == "2026-08-21T00");
    CHECK(newest.at("bytes").as_integer() == 12);
    CHECK(newest.at("checks_warned").as_integer() == 3);
}

TEST_CASE("a cycle that upstream has is late with a warning after an hour, critical after seven", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    store.clock.advance(4h + 34min);  // lead 2 usually appears 3 h 35 min after the analysis at 06
    CHECK(store.status().exit_status == 0);
    store.clock.advance(1min);
    const Answer warning = store.status();
    CHECK(warning.exit_status == 1);
    CHECK_THAT(warning.first_line(),
               Contains("GFS WARNING - gfs.0p25: the newest complete cycle is 2026-08-21T00, 10 h "
                        "35 min old; 1 h 0 min late: 2026-08-21T06 |"));
    CHECK(store.status({{"late-warning", "2h"}}).exit_status == 0);
    store.clock.advance(6h);
    CHECK(store.status().exit_status == 2);
}

TEST_CASE("status names the missing leads of a cycle that is late", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    store.clock.advance(5h);
    const auto paths = store.paths("2026-08-21T06");
    freshet::write_file_atomically(paths.netcdf(0), "data");
    freshet::write_file_atomically(paths.netcdf(2), "data");
    CHECK_THAT(store.status().text, Contains("late: 2026-08-21T06 (lacks leads 1)"));
    freshet::write_file_atomically(paths.netcdf(1), "data");
    CHECK_THAT(store.status().text, Contains("2026-08-21T06 (all leads are there, but not announced)"));
}

TEST_CASE("a cycle in progress is told and is no trouble", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    freshet::write_file_atomically(store.paths("2026-08-21T06").netcdf(0), "data");
    const Answer answer = store.status();
    CHECK(answer.exit_status == 0);
    CHECK_THAT(answer.text, Contains("OK: gfs.0p25: in progress: 2026-08-21T06 (lacks leads 1-2)"));
}

TEST_CASE("gaps since a cycle are a warning, four are critical, and removed cycles are none", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    files::remove_all(store.paths("2026-08-20T12").cycle_folder());
    const Answer gap = store.status();
    CHECK(gap.exit_status == 1);
    CHECK_THAT(gap.text, Contains("1 of the cycles since 2026-08-20T06 is incomplete: 2026-08-20T12"));
    CHECK(store.status({{"since", "2026-08-19T18"}}).exit_status == 1);
    CHECK(store.status({{"since", "2026-08-19T12"}}).exit_status == 2);
    const auto record = store.root() / "gfs.0p25/removed.jsonl";
    for (const char* cycle : {"2026-08-19T12", "2026-08-19T18", "2026-08-20T00", "2026-08-20T12"})
        freshet::append_line(record, Json(Json::Object{{"cycle", cycle}}).text());
    CHECK(store.status({{"since", "2026-08-19T12"}}).exit_status == 0);
}

TEST_CASE("a cycle is complete only with all expected leads", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    CHECK(store.status({{"leads", "0-1"}}).exit_status == 0);
    CHECK(store.status({{"leads", "0-3"}}).exit_status != 0);
    store.publish(store.paths("2026-08-20T18", 2), 1);  // a smaller set does not replace the larger one
    CHECK(store.status({{"leads", "0-2"}, {"dataset", "gfs.0p25"}}).text.find("is incomplete") == std::string::npos);
}

TEST_CASE("a file that a manifest lists and that is gone is critical", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const auto paths = store.paths("2026-08-20T12");
    SECTION("the file of a lead") {
        files::remove(paths.netcdf(1));
        CHECK_THAT(store.status().text, Contains("2026-08-20T12.f001.nc' is gone, though 'gfs.0p25.2026-08-20T12.0-2."
                                                 "manifest.json' lists it"));
    }
    SECTION("a part of it") {
        freshet::write_file_atomically(paths.netcdf(1), "dat");
        CHECK_THAT(store.status().text, Contains("f001.nc' has 3 bytes, though"));
    }
    SECTION("the manifest") {
        files::remove(paths.manifest("0-2"));
        CHECK_THAT(store.status().text, Contains("manifest.json' is gone, though"));
    }
    SECTION("the content of the manifest") {
        freshet::write_file_atomically(paths.manifest("0-2"), "{");
        CHECK_THAT(store.status().text, Contains("manifest.json' cannot be read"));
    }
    SECTION("the revision that latest leads to") {
        files::remove(store.root() / "gfs.0p25/latest");
        files::create_directory_symlink("2026-08-20T12/r7", store.root() / "gfs.0p25/latest");
        CHECK_THAT(store.status().text, Contains("latest' leads to no revision"));
    }
    CHECK(store.status().exit_status == 2);
}

TEST_CASE("the status of what does not exist is unknown", "[gfs][status]") {
    Store store;
    CHECK(store.status().exit_status == 3);
    files::create_directories(store.root() / "gfs.0p25/notes");
    CHECK_THAT(store.status().first_line(), Contains("GFS UNKNOWN - store: '") && Contains("' has no dataset"));
    store.publish_a_day();
    CHECK(store.status().exit_status == 0);
    CHECK(store.status({{"dataset", "gfs.1p00"}}).exit_status == 3);
    CHECK(store.status({{"state", (store.root() / "absent").string()}}).exit_status == 3);
}

TEST_CASE("a dataset without a complete cycle is never ok", "[gfs][status]") {
    Store store;
    freshet::write_file_atomically(store.paths("2026-08-21T06").netcdf(0), "data");
    CHECK(store.status().exit_status == 3);
    store.clock.advance(3h + 36min);  // upstream has it since a minute
    CHECK(store.status({{"leads", "0-2"}}).exit_status == 3);
    store.clock.advance(7h);
    CHECK(store.status({{"leads", "0-2"}}).exit_status == 2);
}

TEST_CASE("a live dataset does not hide a dead one", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    store.publish(store.paths("2026-08-19T00", 1, "gfs.0p50"));
    const Answer all = store.status();
    CHECK(all.exit_status == 2);
    CHECK_THAT(all.first_line(), Contains("GFS CRITICAL - gfs.0p50: "));
    CHECK(store.status({{"dataset", "gfs.0p25"}}).exit_status == 0);
    CHECK(store.status({{"dataset", "gfs.0p25, gfs.0p50"}}).exit_status == 2);
}

TEST_CASE("an event that is not delivered is a warning after an hour, critical after six", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    files::create_directories(store.root() / ".freshet");
    const auto enqueue = [&](const char* file, const char* id) {
        auto state = freshet::store::StateFile::open_exclusive(store.root() / ".freshet" / file,
                                                               freshet::store::this_process("test", store.clock.now()));
        freshet::store::Outbox outbox(state);
        outbox.add_sinks({"webhook a|b"}, store.clock.now());
        outbox.enqueue({.id = id, .key = "gfs.0p25", .document = "{}"}, store.clock.now());
    };
    enqueue("state.sqlite", "1");
    enqueue("state.queue1.sqlite", "2");  // of a run whose scheduler was elsewhere
    CHECK(store.status().exit_status == 0);
    store.clock.advance(1h);
    const Answer warning = store.status();
    CHECK(warning.exit_status == 1);
    CHECK_THAT(warning.text, Contains("WARNING: events: 2 for 'webhook a/b', the oldest for 1 h 0 min"));
    CHECK(store.status({{"events-critical", "1h"}}).exit_status == 2);
}

TEST_CASE("a file over a cycle that is gone is critical", "[gfs][status]") {
    for (const char* member : {"cycle_file", "kerchunk", "ncml"}) {
        Store store;
        store.publish_a_day();
        const auto paths = store.paths("2026-08-21T00");
        Json manifest = Json::parse(freshet::read_file(paths.manifest("0-2")));
        manifest[member] = Json::Object{{"name", "over_cycle"}, {"bytes", 4}};
        freshet::write_file_atomically(paths.manifest("0-2"), manifest.pretty());
        freshet::write_file_atomically(paths.folder() / "over_cycle", "data");
        CHECK(store.status().exit_status == 0);
        files::remove(paths.folder() / "over_cycle");
        const Answer gone = store.status();
        CHECK(gone.exit_status == 2);
        CHECK_THAT(gone.text, Contains("over_cycle' is gone"));
    }
}

TEST_CASE("a link to an earlier revision of the newest cycle is critical", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    store.publish(store.paths("2026-08-21T00", 2));
    CHECK(store.status().exit_status == 0);
    const auto link = store.root() / "gfs.0p25/latest";
    files::remove(link);
    files::create_directory_symlink("2026-08-21T00/r1", link);
    const Answer old = store.status();
    CHECK(old.exit_status == 2);
    CHECK_THAT(old.text,
               Contains("latest' leads to '2026-08-21T00/r1', not to the newest complete '2026-08-21T00/r2'"));
}

TEST_CASE("an event that a sink has refused for good is critical", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    files::create_directories(store.root() / ".freshet");
    auto state = freshet::store::StateFile::open_exclusive(store.root() / ".freshet/state.sqlite",
                                                           freshet::store::this_process("test", store.clock.now()));
    freshet::store::Outbox outbox(state);
    outbox.add_sinks({"webhook a"}, store.clock.now());
    outbox.enqueue({.id = "1", .key = "gfs.0p25", .document = "{}"}, store.clock.now());
    const auto position = outbox.due("webhook a", store.clock.now()).front().position;
    outbox.mark_refused(position, "webhook a", store.clock.now(), "answered 413", store.clock.now());
    const Answer critical = store.status();
    CHECK(critical.exit_status == 2);
    CHECK_THAT(critical.text, Contains("CRITICAL: events: 'webhook a' has refused 1 for good"));
    CHECK_THAT(critical.text, Contains("answered 413"));
    outbox.skip("1", "webhook a");
    CHECK(store.status().exit_status == 0);
}

TEST_CASE("a mirror in trouble is told, and a warning when none is healthy", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const gfs::CachePaths records{store.root() / ".freshet"};
    gfs::MirrorHealthCache cache(records.mirror_health(), store.clock);
    cache.record_failure("http://a/", "HEAD x: status 500");
    CHECK(store.status().exit_status == 1);
    cache.record_present({.mirror = "http://b/", .cycle = cycle_at("2026-08-21T00"), .product = "pgrb2.0p25"}, 0,
                         "v16");
    const Answer one = store.status();
    CHECK(one.exit_status == 0);
    CHECK_THAT(one.text, Contains("OK: mirrors: http://a/ backing off until 06:00:10Z: HEAD x: status 500; "
                                  "http://b/ healthy"));
}

TEST_CASE("too little room on the disk for further cycles is a warning, then critical", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const std::string more_than_any_disk_has = "4000000000000000000";
    CHECK(store.status({{"disk-warning", more_than_any_disk_has}}).exit_status == 1);
    CHECK(store.status({{"disk-critical", more_than_any_disk_has}}).exit_status == 2);
}

TEST_CASE("a disk without room for a first cycle is critical, though none tells how big one is", "[gfs][status]") {
    const freshet::test::SmallDisk disk;
    if (!disk) return;
    files::create_directories(disk / "store");
    CHECK_THAT(Store().status({{"root", (disk / "store").string()}}).text,
               Contains("CRITICAL: disk: 65.5 kB are free"));
}

TEST_CASE("status writes nothing into the store", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const auto count = [&] {
        return std::distance(files::recursive_directory_iterator(store.root()), files::recursive_directory_iterator{});
    };
    const auto before = count();
    store.status();
    CHECK(count() == before);
}

TEST_CASE("the metrics of a run have its dataset, and no gaps among cycles that are not kept", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    gfs::Contiguous contiguous;
    contiguous.root = store.root();
    contiguous.leads = gfs::Leads::parse("0-2");
    contiguous.cycle = cycle_at("2026-08-21T00");
    contiguous.since = cycle_at("2026-08-01T00");
    const auto gaps_of = [&] {
        const freshet::AnyTask root(contiguous);
        freshet::MetricsWriter out;
        gfs::add_metrics({.root = root, .now = store.clock.now()}, out);
        const std::string gaps = out.text().substr(out.text().find("\nfreshet_dataset_gaps ") + 22);
        return gaps.substr(0, gaps.find('\n'));
    };
    CHECK(gfs::job_labels(freshet::AnyTask(contiguous)) == freshet::Values{{"dataset", "gfs.0p25"}});
    CHECK(gaps_of() == "77");
    contiguous.keep_cycles = 4;
    CHECK(gaps_of() == "0");
}

TEST_CASE("a single run with other leads does not change the leads that status expects", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    for (const char* cycle : {"2026-08-20T18", "2026-08-21T00"}) store.request(gfs::IngestCycle{}, cycle, "0-2");
    store.clock.advance(5h);
    store.publish(store.paths("2026-08-21T06"), 1);
    store.request(gfs::IngestCycle{}, "2026-08-21T06", "0-1");
    const Answer fewer = store.status();
    CHECK(fewer.exit_status == 1);
    CHECK_THAT(fewer.text, Contains("late: 2026-08-21T06 (lacks leads 2)"));
    store.publish(store.paths("2026-08-21T06"), 2);
    CHECK(store.status().exit_status == 0);
    store.request(gfs::IngestCycle{}, "2026-08-21T06", "0-24");
    store.request(gfs::Watch{}, "2026-08-21T00", "all");  // its default: it looks only after cycles that are complete
    CHECK(store.status().exit_status == 0);
}

TEST_CASE("other leads that runs keep asking for are expected within a day", "[gfs][status]") {
    Store store;
    store.publish_a_day();
    const char* cycles[] = {"2026-08-20T06", "2026-08-20T12", "2026-08-20T18", "2026-08-21T00"};
    for (const char* cycle : cycles) store.request(gfs::IngestCycle{}, cycle, "0-3");
    CHECK(store.status().exit_status != 0);
    store.clock.advance(24h);
    for (const char* cycle : {"2026-08-21T06", "2026-08-21T12", "2026-08-21T18", "2026-08-22T00"}) {
        store.publish(store.paths(cycle), 1);
        store.request(gfs::IngestCycle{}, cycle, "0-1");
    }
    CHECK(store.status().exit_status == 0);
    CHECK(gfs::requested_cycles(store.root() / "gfs.0p25", gfs::find_product("pgrb2.0p25")).leads.size() == 4);
}

TEST_CASE("the cycles that a run asked for are expected before any is complete", "[gfs][status]") {
    Store store;
    freshet::write_file_atomically(store.paths("2026-08-21T00").netcdf(0), "data");
    gfs::Contiguous contiguous;
    contiguous.since = cycle_at("2026-08-20T06");
    store.request(contiguous, "2026-08-21T00", "0-2");
    const Answer late = store.status();
    CHECK(late.exit_status == 2);
    CHECK_THAT(late.text, Contains("late: 2026-08-20T06") && Contains("2026-08-21T00 (lacks leads 1-2)"));
    for (const char* cycle : {"2026-08-20T12", "2026-08-20T18", "2026-08-21T00"}) store.publish(store.paths(cycle));
    CHECK_THAT(store.status().text, Contains("1 of the cycles since 2026-08-20T06 is incomplete: 2026-08-20T06"));
    contiguous.keep_cycles = 3;
    store.request(contiguous, "2026-08-21T00", "0-2");
    CHECK(store.status().exit_status == 0);
}
