// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "random_requests.hpp"
#include "scheduler/ledger.hpp"
#include "scheduler/scheduler.hpp"
#include "simulated_daemon.hpp"
#include "store/errors.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace freshet;
using namespace freshet::test;
using scheduler::Scheduler;
using wire::Status;

namespace {

scheduler::State reloaded(store::StateFile& file, const scheduler::Config& config, Time now) {
    scheduler::State state(config, 1);
    const auto fail = [](const scheduler::Record& record, const std::string& reason) {
        FAIL(record.id << ": " << reason);
    };
    state.restore(scheduler::Ledger(file, "").read(), now, fail);
    return state;
}

void kill_and_reload(std::uint64_t seed) {
    INFO("seed " << seed);
    scheduler::Config config;
    config.retry_delay = scheduler::Seconds(5);
    auto file = store::StateFile::in_memory();
    FakeLog log;
    RandomRequests random(seed);
    Time now = FakeClock::start;
    auto live =
        std::make_unique<Scheduler>(file, log, scheduler::SchedulerOptions{.config = config, .seed = seed}, now);
    for (int step = 0; step < 300; ++step) {
        INFO("step " << step);
        now += std::chrono::duration_cast<Time::duration>(random.passing_time());
        std::vector<wire::Request> batch;
        for (int i = 0; i <= random.below(3); ++i) batch.push_back(random.next(live->state().board()));
        live->execute(batch, now);
        if (!random.one_in(5)) continue;
        REQUIRE(remembered(reloaded(file, config, now)) == remembered(live->state()));
        if (random.one_in(3))
            live = std::make_unique<Scheduler>(file, log, scheduler::SchedulerOptions{.config = config, .seed = seed},
                                               now);
    }
}

struct Daemon {
    store::StateFile file = store::StateFile::in_memory();
    FakeLog log;
    Time now = FakeClock::start;
    std::unique_ptr<Scheduler> scheduler;

    explicit Daemon(scheduler::OldWorkers old = scheduler::OldWorkers::may_return) { start(old); }
    void start(scheduler::OldWorkers old) {
        scheduler =
            std::make_unique<Scheduler>(file, log, scheduler::SchedulerOptions{.run_id = "r", .old_workers = old}, now);
    }
    wire::Response say(wire::Request request) { return scheduler->execute({&request, 1}, now).front(); }
    wire::Assignment assignment(const std::string& worker) {
        return std::get<wire::Assignment>(std::get<wire::Work>(say(wire::GetWork{.worker = worker})).assignment);
    }
    std::int64_t count(const char* sql) { return file.database().number(sql); }
};

}  // namespace

TEST_CASE("a scheduler that was killed after any step is found again as it was", "[scheduler][restart]") {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) kill_and_reload(seed);
}

TEST_CASE("a lease is still held after a restart, and the next one is greater", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.say(wire::AddTask{.worker = "W", .task_id = "B"});
    const auto first = daemon.assignment("W");
    daemon.start(scheduler::OldWorkers::may_return);
    CHECK(std::get<wire::LeaseState>(daemon.say(wire::HoldsLease{"W", "A", first.lease->token})).held);
    CHECK(daemon.assignment("W").lease->token > first.lease->token);
}

TEST_CASE("workers of a dead process lose their tasks at the next start", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    daemon.start(scheduler::OldWorkers::are_dead);
    daemon.say(wire::AddTask{.worker = "W2", .task_id = "A"});
    CHECK(daemon.assignment("W2").task_id == "A");
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE status = 'LOST'") == 1);
}

TEST_CASE("attempts and their ends are kept for those who ask later", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    daemon.say(wire::AddTask{.worker = "W",
                             .task_id = "A",
                             .status = Status::failed,
                             .expl = "\"the source is closed\"",
                             .failure = wire::Failure{FailureClass::transient}});
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE run_id = 'r' AND number = 1 AND status = 'FAILED' AND "
                       "failure_class = 'transient' AND message = 'the source is closed'") == 1);
    CHECK(daemon.count("SELECT count(*) FROM history WHERE task_id = 'A'") == 3);
}

TEST_CASE("why a task could not be planned is known after a restart", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AnnounceSchedulingFailure{"A()", "A", {}, "no such bucket", {}, "W"});
    daemon.say(
        wire::AddTask{.worker = "W", .task_id = "A", .status = Status::unknown, .runnable = false, .family = "A"});
    daemon.start(scheduler::OldWorkers::may_return);
    const auto& board = daemon.scheduler->state().board();
    const auto& unplanned = details(board.tasks[board.tasks.find("A").value()]).unplanned;
    REQUIRE(unplanned);
    CHECK(*unplanned->worker == "W");
    CHECK(*unplanned->why == "no such bucket");
}

TEST_CASE("what a worker said of batches before it was away is known after a restart, but not the worker",
          "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTaskBatcher{"W", "F", {"day"}, {}});
    daemon.say(wire::Ping{"W"});
    daemon.now += std::chrono::minutes(2);
    daemon.say(wire::Prune{});
    for (int restart = 0; restart < 2; ++restart) {
        daemon.start(scheduler::OldWorkers::may_return);
        CHECK(daemon.scheduler->state().board().workers.all().empty());
    }
    for (const char* day : {"1", "2"})
        daemon.say(wire::AddTask{.worker = "W",
                                 .task_id = std::string("F_") + day,
                                 .family = "F",
                                 .params = {{"day", day}},
                                 .batchable = true});
    const auto work = std::get<wire::Work>(daemon.say(wire::GetWork{.worker = "W"}));
    CHECK(std::holds_alternative<wire::BatchAssignment>(work.assignment));
}

TEST_CASE("an event is stored with the completion, once", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    const wire::AddTask done{
        .worker = "W",
        .task_id = "A",
        .status = Status::done,
        .events = {Event{.id = "e", .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}}};
    daemon.say(done);
    daemon.say(done);
    CHECK(daemon.count("SELECT count(*) FROM outbox WHERE event_id = 'e'") == 1);
}

TEST_CASE("a record that cannot be read is left out and the start goes on", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.say(wire::AddTask{.worker = "W", .task_id = "B"});
    daemon.say(wire::AddTask{.worker = "W", .task_id = "C"});
    daemon.file.database().execute("UPDATE tasks SET record = '{torn' WHERE task_id = 'A'");
    daemon.file.database().execute("UPDATE tasks SET record = '{\"status\":\"BUSY\"}' WHERE task_id = 'B'");
    daemon.start(scheduler::OldWorkers::may_return);
    CHECK(daemon.log.events() == std::vector<std::string>{"state.record_left_out", "state.record_left_out"});
    CHECK(daemon.assignment("W").task_id == "C");
}

TEST_CASE("a record that names a worker twice means it once", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.file.database().execute(
        "UPDATE tasks SET record = replace(record, '\"workers\":[\"W\"', '\"workers\":[\"W\",\"W\"')");
    daemon.start(scheduler::OldWorkers::may_return);
    CHECK(daemon.assignment("W").task_id == "A");
    daemon.say(wire::DisableWorker{"W"});
    CHECK(daemon.scheduler->state().board().tasks[*daemon.scheduler->state().board().tasks.find("A")].workers->empty());
}

namespace {

/// A day, a few bytes of what it left changed, and what another day makes of that.
void damage_and_go_on(std::uint64_t seed) {
    INFO("seed " << seed);
    auto file = store::StateFile::in_memory();
    FakeLog log;
    RandomRequests random(seed);
    Time now = FakeClock::start;
    const auto live_for = [&](int steps) {
        Scheduler scheduler(file, log, {.config = {}, .seed = seed}, now);
        for (int step = 0; step < steps; ++step) {
            now += std::chrono::duration_cast<Time::duration>(random.passing_time());
            const wire::Request request = random.next(scheduler.state().board());
            scheduler.execute({&request, 1}, now);
        }
    };
    live_for(150);
    for (const char* table : {"tasks", "workers"}) {
        std::vector<std::string> records;
        file.database()
            .prepare(fmt::format("SELECT record FROM {}", table))
            .each([&](const store::Row& row) { records.push_back(row.get<std::string>(0)); });
        auto change = file.database().prepare(fmt::format("UPDATE {} SET record = ? WHERE record = ?", table));
        constexpr std::string_view bytes = "0123456789-.eENaI\"{}[],:\\tfn \x80";
        for (const std::string& whole : records) {
            std::string record = whole;
            for (int i = 0; i <= random.below(3); ++i)
                record[static_cast<std::size_t>(random.below(static_cast<int>(record.size())))] =
                    bytes[static_cast<std::size_t>(random.below(static_cast<int>(bytes.size())))];
            change.run(record, whole);
        }
    }
    REQUIRE_NOTHROW(live_for(150));
}

}  // namespace

TEST_CASE("whatever bytes of its records are damaged, a scheduler starts and goes on", "[scheduler][restart]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) damage_and_go_on(seed);
}

TEST_CASE("a sign of life writes nothing", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    const auto before = daemon.count("SELECT total_changes()");
    daemon.say(wire::Ping{"W"});
    CHECK(daemon.count("SELECT total_changes()") == before);
}

TEST_CASE("what was committed for a crash only is synced within a second", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    CHECK(daemon.scheduler->next_wakeup() == daemon.now + std::chrono::seconds(1));
    daemon.now += std::chrono::seconds(1);
    daemon.scheduler->execute({}, daemon.now);
    CHECK(daemon.scheduler->next_wakeup() > daemon.now + std::chrono::seconds(1));
}

TEST_CASE("what a full disk kept from being written is written by the next call", "[scheduler][restart]") {
    Daemon daemon;
    daemon.say(wire::AddTask{.worker = "W", .task_id = "A"});
    daemon.file.database().execute("PRAGMA max_page_count = 1");  // no more than there is
    const wire::AddTask large{.worker = "W", .task_id = "B", .params = {{"text", std::string(100'000, 'x')}}};
    CHECK_THROWS_AS(daemon.say(large), store::DiskFullError);
    CHECK_THROWS_AS(daemon.say(wire::AddTask{.worker = "W", .task_id = "C"}), store::DiskFullError);
    daemon.file.database().execute("PRAGMA max_page_count = 1000000");
    daemon.say(wire::Ping{"W"});
    CHECK(remembered(reloaded(daemon.file, {}, daemon.now)) == remembered(daemon.scheduler->state()));
    CHECK(daemon.count("SELECT count(*) FROM tasks") == 2);
}
