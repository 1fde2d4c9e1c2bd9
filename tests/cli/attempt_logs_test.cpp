// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/attempt_logs.hpp"

#include "cli/toys.hpp"
#include "store/attempt_log_folder.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;
using test::contains, test::Number;
using EndStatus = worker::FinishedAttempt::Status;

const AnyTask one = Number{.folder = "/nowhere", .value = 1};

/// Counts what is forwarded.
struct RecordingObserver final : worker::Observer {
    void planned(const worker::Plan&) override {}
    void started(const AnyTask&, int) override { ++calls; }
    void progressed(const AnyTask&, double) override {}
    void status_changed(const AnyTask&, std::string_view) override { ++calls; }
    void logged(const AnyTask&, std::string_view, bool) override { ++calls; }
    void ended(const AnyTask&, const worker::FinishedAttempt&) override { ++calls; }
    void notified(std::string_view message) override { notices.emplace_back(message); }

    int calls = 0;
    std::vector<std::string> notices;
};

struct LogsFixture {
    std::filesystem::path file(int attempt) const { return store::attempt_log_path(dir / "logs" / one.id(), attempt); }

    test::TempDir dir;
    test::FakeClock clock;
    RecordingObserver next;
    AttemptLogFiles files{dir / "logs"};
    AttemptLogs logs{next, clock, files};
};

bool is_locked(const std::filesystem::path& path) {
    const FileDescriptor opened = open_file(path, O_RDONLY);
    return ::flock(opened.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace

TEST_CASE("what an attempt logs is in a file of its own, with its end", "[logs]") {
    LogsFixture bench;
    bench.logs.started(one, 2);
    bench.logs.logged(one, "opened the tape", false);
    bench.logs.logged(one, "it is torn", true);
    CHECK(is_locked(bench.file(2)));
    bench.logs.ended(one, {.status = EndStatus::failed, .attempt = 2, .took = 3s, .message = "no tape"});
    CHECK_FALSE(is_locked(bench.file(2)));
    CHECK(read_file(bench.file(2)) ==
          "2026-08-21T06:00:00.000Z opened the tape\n"
          "2026-08-21T06:00:00.000Z warning: it is torn\n"
          "2026-08-21T06:00:00.000Z failed after 3 s: no tape\n");
    CHECK(bench.next.calls == 4);
}

TEST_CASE("an attempt that logs nothing and ends well has no file", "[logs]") {
    LogsFixture bench;
    bench.logs.started(one, 1);
    bench.logs.ended(one, {.status = EndStatus::done});
    CHECK_FALSE(std::filesystem::exists(bench.dir / "logs"));
}

TEST_CASE("of a very long log the begin and the end are kept, and what was cut is said", "[logs]") {
    LogsFixture bench;
    bench.logs.started(one, 1);
    const std::string line(1'000, 'x');
    for (int i = 0; i < 20'000; ++i) bench.logs.logged(one, std::to_string(i) + " " + line, false);
    bench.logs.ended(one, {.status = EndStatus::failed, .message = "too much"});
    const std::string begin = read_file(store::older_part(bench.file(1))), end = read_file(bench.file(1));
    CHECK(begin.size() <= store::AttemptLog::longest_part);
    CHECK(end.size() <= store::AttemptLog::longest_part);
    CHECK(begin.starts_with("2026-08-21T06:00:00.000Z 0 x"));
    CHECK(contains(end, "Z 19999 x"));
    CHECK(contains(end, "too much"));
    CHECK(end.starts_with("... "));
    CHECK(contains(end.substr(0, 60), " bytes before this are left out\n"));
}

TEST_CASE("logs that cannot be kept are told once, and the run goes on", "[logs]") {
    LogsFixture bench;
    write_file_atomically(bench.dir / "logs", "in the way");
    bench.logs.started(one, 1);
    bench.logs.logged(one, "a", false);
    bench.logs.logged(one, "b", false);
    REQUIRE(bench.next.notices.size() == 1);
    CHECK(bench.next.notices[0].starts_with("the logs of attempts are not kept: "));
    CHECK(bench.next.calls == 3);
}

TEST_CASE("logs that are older than the history are removed", "[logs]") {
    LogsFixture bench;
    for (const char* task : {"old", "new"}) write_file_atomically(bench.dir / "logs" / task / "1.log", "x\n");
    std::filesystem::last_write_time(bench.dir / "logs/old",
                                     std::filesystem::file_time_type::clock::now() - std::chrono::days(91));
    bench.logs.started(one, 1);
    bench.logs.logged(one, "a", false);
    CHECK_FALSE(std::filesystem::exists(bench.dir / "logs/old"));
    CHECK(std::filesystem::exists(bench.dir / "logs/new"));
}

}  // namespace freshet::run
