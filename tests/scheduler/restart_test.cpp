// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "random_requests.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler/state_writer.hpp"
#include "scheduler_harness.hpp"
#include "simulated_daemon.hpp"
#include "store/database.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Scheduler;

namespace {

scheduler::StateMachine reloaded(store::StateFile& file, const scheduler::Config& config, Time now) {
    scheduler::StateMachine machine(config, 1);
    const auto fail = [](const scheduler::Record& record, const std::string& reason) {
        FAIL(record.id << ": " << reason);
    };
    machine.restore(scheduler::StateWriter(file, "").read(), now, fail);
    return machine;
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
        now += std::chrono::duration_cast<Time::duration>(random.next_time_step());
        std::vector<rpc::Request> batch;
        for (int i = 0; i <= random.below(3); ++i) batch.push_back(random.next(live->machine().state()));
        live->execute(batch, now);
        if (!random.one_in(5)) continue;
        REQUIRE(persistent_state(reloaded(file, config, now)) == persistent_state(live->machine()));
        if (random.one_in(3))
            live = std::make_unique<Scheduler>(file, log, scheduler::SchedulerOptions{.config = config, .seed = seed},
                                               now);
    }
}

struct RestartableScheduler {
    store::StateFile file = store::StateFile::in_memory();
    FakeLog log;
    Time now = FakeClock::start;
    std::unique_ptr<Scheduler> scheduler;

    RestartableScheduler() { start(); }
    void start(scheduler::SchedulerOptions options = {}) {
        options.run_id = "r";
        scheduler = std::make_unique<Scheduler>(file, log, std::move(options), now);
    }
    rpc::Response send(rpc::Request request) { return scheduler->execute({&request, 1}, now).front(); }
    rpc::Assignment assignment(const std::string& worker) {
        return std::get<rpc::Assignment>(std::get<rpc::Work>(send(rpc::GetWork{.worker = worker})).assignment);
    }
    std::int64_t count(const char* sql) { return file.database().number(sql); }
};

}  // namespace

TEST_CASE("a scheduler that is killed after any step is restored exactly", "[scheduler][restart]") {
    for (std::uint64_t seed = 1; seed <= 15; ++seed) kill_and_reload(seed);
}

TEST_CASE("a lease is still held after a restart, and the next one is greater", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "B"});
    const auto first = daemon.assignment("W");
    daemon.start();
    CHECK(std::get<rpc::LeaseState>(daemon.send(rpc::HoldsLease{"W", "A", first.lease->token})).held);
    CHECK(daemon.assignment("W").lease->token > first.lease->token);
}

TEST_CASE("workers of a dead process, and no others, lose their tasks at the next start", "[scheduler][restart]") {
    RestartableScheduler daemon;
    for (const std::string name : {"A", "B"}) {
        const Json run = Json::Object{{"run_id", "run of " + name}};
        daemon.send(rpc::AddWorker{.worker = name, .info = {{"run", run}}});
        daemon.send(rpc::AddTask{.worker = name, .task_id = name});
        daemon.assignment(name);
    }
    daemon.start({.is_dead = [](const Json::Object& info) { return scheduler::run_id(info) == "run of A"; }});
    for (const std::string name : {"A", "B"}) daemon.send(rpc::AddTask{.worker = "C", .task_id = name});
    CHECK(daemon.assignment("C").task_id == "A");
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE status = 'LOST' AND task_id = 'A'") == 1);
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE ended IS NULL AND task_id = 'B'") == 1);
}

TEST_CASE("a process that dies loses its tasks while the scheduler goes on", "[scheduler][restart]") {
    bool is_dead = false;
    RestartableScheduler daemon;
    daemon.start({.is_dead = [&](const Json::Object&) { return is_dead; }});
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    CHECK_FALSE(daemon.scheduler->drop_dead_workers(daemon.now));
    is_dead = true;
    CHECK(daemon.scheduler->drop_dead_workers(daemon.now));
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE status = 'LOST'") == 1);
    CHECK(daemon.count("SELECT count(*) FROM tasks WHERE status = 'PENDING'") == 1);
}

TEST_CASE("a run, its end and its attempts are in the history where runs share a state", "[scheduler][restart]") {
    const bool records_runs = GENERATE(true, false);
    RestartableScheduler daemon;
    daemon.start({.config = {.records_runs = records_runs}});
    const Json run = Json::Object{{"run_id", "mine"}, {"program", "gfs"}, {"command", "gfs run"}};
    const Json end = Json::Object{{"exit_code", 30}, {"summary", "1 task: 1 failed"}};
    daemon.send(rpc::AddWorker{.worker = "W", .info = {{"host", "h"}, {"pid", 7}, {"run", run}}});
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    CHECK(
        daemon.count("SELECT count(*) FROM runs WHERE run_id = 'mine' AND program = 'gfs' AND command = 'gfs run' AND "
                     "host = 'h' AND pid = 7 AND ended IS NULL") == (records_runs ? 1 : 0));
    daemon.send(rpc::AddWorker{.worker = "W", .info = {{"run_end", end}}});
    CHECK(daemon.count("SELECT count(*) FROM runs WHERE exit_code = 30 AND summary = '1 task: 1 failed'") ==
          (records_runs ? 1 : 0));
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE run_id = 'mine'") == (records_runs ? 1 : 0));
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE run_id = 'r'") == (records_runs ? 0 : 1));
}

TEST_CASE("the run of a worker that falls silent ends without an exit code, unless it has told its end",
          "[scheduler][restart]") {
    const bool has_told = GENERATE(true, false);
    RestartableScheduler daemon;
    daemon.start({.config = {.records_runs = true}});
    const Json run = Json::Object{{"run_id", "mine"}, {"program", "gfs"}, {"command", "gfs run"}};
    const Json end = Json::Object{{"exit_code", 0}, {"summary", "1 task done"}};
    daemon.send(rpc::AddWorker{.worker = "W", .info = {{"run", run}}});
    if (has_told) daemon.send(rpc::AddWorker{.worker = "W", .info = {{"run_end", end}}});
    daemon.now += std::chrono::hours(1);
    daemon.send(rpc::Prune{});
    CHECK(daemon.count("SELECT count(*) FROM runs WHERE exit_code = 0 AND summary = '1 task done'") ==
          (has_told ? 1 : 0));
    CHECK(daemon.count("SELECT count(*) FROM runs WHERE ended IS NOT NULL AND exit_code IS NULL AND "
                       "summary LIKE 'worker ''W'' was silent%'") == (has_told ? 0 : 1));
}

TEST_CASE("attempts and their results are stored in the history", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    daemon.send(rpc::AddTask{.worker = "W",
                             .task_id = "A",
                             .status = Status::failed,
                             .expl = "\"the source is closed\"",
                             .failure = rpc::Failure{FailureClass::transient}});
    CHECK(daemon.count("SELECT count(*) FROM attempts WHERE run_id = 'r' AND number = 1 AND status = 'FAILED' AND "
                       "failure_class = 'transient' AND message = 'the source is closed'") == 1);
    CHECK(daemon.count("SELECT count(*) FROM history WHERE task_id = 'A'") == 3);
}

TEST_CASE("a scheduling failure outlives a restart", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AnnounceSchedulingFailure{"A()", "A", {}, "no such bucket", {}, "W"});
    daemon.send(
        rpc::AddTask{.worker = "W", .task_id = "A", .status = Status::unknown, .runnable = false, .family = "A"});
    daemon.start();
    const auto& state = daemon.scheduler->machine().state();
    const auto& scheduling_failure = details(state.tasks[state.tasks.find("A").value()]).scheduling_failure;
    REQUIRE(scheduling_failure);
    CHECK(*scheduling_failure->worker == "W");
    CHECK(*scheduling_failure->why == "no such bucket");
}

TEST_CASE("the batchers of a disconnected worker outlive a restart, but not the worker", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTaskBatcher{"W", "F", {"day"}, {}});
    daemon.send(rpc::Ping{"W"});
    daemon.now += std::chrono::minutes(2);
    daemon.send(rpc::Prune{});
    for (int restart = 0; restart < 2; ++restart) {
        daemon.start();
        CHECK(daemon.scheduler->machine().state().workers.all().empty());
    }
    for (const char* day : {"1", "2"})
        daemon.send(rpc::AddTask{.worker = "W",
                                 .task_id = std::string("F_") + day,
                                 .family = "F",
                                 .params = {{"day", day}},
                                 .batchable = true});
    const auto work = std::get<rpc::Work>(daemon.send(rpc::GetWork{.worker = "W"}));
    CHECK(std::holds_alternative<rpc::BatchAssignment>(work.assignment));
}

TEST_CASE("an event is stored with the completion, once", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.assignment("W");
    const rpc::AddTask done{
        .worker = "W",
        .task_id = "A",
        .status = Status::done,
        .events = {Event{.id = "e", .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}}};
    daemon.send(done);
    daemon.send(done);
    CHECK(daemon.count("SELECT count(*) FROM outbox WHERE event_id = 'e'") == 1);
}

TEST_CASE("an unreadable record is skipped and the start goes on", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "B"});
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "C"});
    daemon.file.database().execute("UPDATE tasks SET record = '{torn' WHERE task_id = 'A'");
    daemon.file.database().execute("UPDATE tasks SET record = '{\"status\":\"BUSY\"}' WHERE task_id = 'B'");
    daemon.start();
    CHECK(daemon.log.events() == std::vector<std::string>{"state.record_left_out", "state.record_left_out"});
    CHECK(daemon.assignment("W").task_id == "C");
}

TEST_CASE("a worker that a record names twice counts once", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.file.database().execute(
        "UPDATE tasks SET record = replace(record, '\"workers\":[\"W\"', '\"workers\":[\"W\",\"W\"')");
    daemon.start();
    CHECK(daemon.assignment("W").task_id == "A");
    daemon.send(rpc::DisableWorker{"W"});
    CHECK(daemon.scheduler->machine()
              .state()
              .tasks[*daemon.scheduler->machine().state().tasks.find("A")]
              .workers->empty());
}

namespace {

/// Simulates a day, damages a few bytes of its records, and starts another day with them.
void restart_from_damaged_records(std::uint64_t seed) {
    INFO("seed " << seed);
    auto file = store::StateFile::in_memory();
    FakeLog log;
    RandomRequests random(seed);
    Time now = FakeClock::start;
    const auto run_steps = [&](int steps) {
        Scheduler scheduler(file, log, {.config = {}, .seed = seed}, now);
        for (int step = 0; step < steps; ++step) {
            now += std::chrono::duration_cast<Time::duration>(random.next_time_step());
            const rpc::Request request = random.next(scheduler.machine().state());
            scheduler.execute({&request, 1}, now);
        }
    };
    run_steps(150);
    for (const char* table : {"tasks", "workers"}) {
        std::vector<std::string> records;
        file.database().prepare(fmt::format("SELECT record FROM {}", table)).each([&](const store::Row& row) {
            records.push_back(row.get<std::string>(0));
        });
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
    REQUIRE_NOTHROW(run_steps(150));
}

}  // namespace

TEST_CASE("a scheduler starts with any bytes of its records damaged", "[scheduler][restart]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) restart_from_damaged_records(seed);
}

TEST_CASE("a heartbeat writes nothing", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    const auto before = daemon.count("SELECT total_changes()");
    daemon.send(rpc::Ping{"W"});
    CHECK(daemon.count("SELECT total_changes()") == before);
}

TEST_CASE("a commit that survives only a crash is synced within a second", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    CHECK(daemon.scheduler->next_wakeup() == daemon.now + std::chrono::seconds(1));
    daemon.now += std::chrono::seconds(1);
    daemon.scheduler->execute({}, daemon.now);
    CHECK(daemon.scheduler->next_wakeup() > daemon.now + std::chrono::seconds(1));
}

TEST_CASE("changes that a full disk rejected are written by the next call", "[scheduler][restart]") {
    RestartableScheduler daemon;
    daemon.send(rpc::AddTask{.worker = "W", .task_id = "A"});
    daemon.file.database().execute("PRAGMA max_page_count = 1");  // no growth
    const rpc::AddTask large{.worker = "W", .task_id = "B", .params = {{"text", std::string(100'000, 'x')}}};
    CHECK_THROWS_AS(daemon.send(large), DiskFullError);
    CHECK_THROWS_AS(daemon.send(rpc::AddTask{.worker = "W", .task_id = "C"}), DiskFullError);
    daemon.file.database().execute("PRAGMA max_page_count = 1000000");
    daemon.send(rpc::Ping{"W"});
    CHECK(persistent_state(reloaded(daemon.file, {}, daemon.now)) == persistent_state(daemon.scheduler->machine()));
    CHECK(daemon.count("SELECT count(*) FROM tasks") == 2);
}
