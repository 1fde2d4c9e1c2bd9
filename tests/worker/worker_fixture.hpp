// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/worker.hpp"

#include "scheduler/scheduler.hpp"
#include "store/database.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/fake_runner.hpp"

#include <atomic>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Fixtures with a worker and a real scheduler, in a world made of names.
namespace freshet::test {

using namespace std::chrono_literals;
using worker::AttemptResult;
using worker::AttemptStatus;
using worker::FinishedAttempt;
using worker::Worker;

/// Names of the outputs that exist. A task of this world makes its name.
inline std::set<std::string> existing;
inline std::map<std::string, std::vector<std::string>> required;

struct Named {
    std::string name;
    bool exists() const { return existing.contains(name); }
    std::string address() const { return "named:" + name; }
};

struct Make {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Make::name>("which")};
    std::vector<AnyTask> requirements() const {
        std::vector<AnyTask> tasks;
        for (const auto& name_of_required : required[name]) tasks.push_back(Make{name_of_required});
        return tasks;
    }
    Named output() const { return {name}; }
    void run() const {}
};

struct ExternalInput {
    static constexpr TaskKind kind = TaskKind::external;
    Named output() const { return {"given"}; }
};

struct Refine {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Refine::name>("which")};
    ExternalInput requirements() const { return {}; }
    Named output() const { return {name}; }
    void run() const {}
};

struct Weigh {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Weigh::name>("which")};
    Named output() const { return {name}; }
    Resources resources() const { return {{"scales", 1}}; }
    void run() const {}
};

/// The number of questions that the server of the stored objects does not answer from now on.
inline std::atomic<int> unanswered = 0;

struct StoredObject {
    std::string name;
    bool exists() const {
        if (unanswered > 0 && unanswered-- > 0) throw std::runtime_error("server 'x': no connection");
        return existing.contains(name);
    }
    std::string address() const { return "object:" + name; }
};

struct Store {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Store::name>("which")};
    StoredObject output() const { return {name}; }
    void run() const {}
};

/// All that is stored.
struct Stock {
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<Store> requirements() const { return {{"s"}, {"t"}}; }
};

/// A task whose requirements cannot be found out.
struct Impossible {
    std::vector<AnyTask> requirements() const { throw Error("look for what is required: no network"); }
    Named output() const { return {"impossible"}; }
    void run() const {}
};

struct Both {
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<AnyTask> requirements() const { return {Make{"a"}, ExternalInput{}}; }
};

/// Client of a real scheduler in memory that fails or takes leases away on demand.
class FaultyClient final : public worker::SchedulerClient {
public:
    FaultyClient(scheduler::Scheduler& scheduler, FakeClock& clock) : scheduler_(scheduler), clock_(clock) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        if (disk_full_errors > 0 && disk_full_errors-- > 0) throw DiskFullError("write to state 'x': no space left");
        auto answers = scheduler_.execute(requests, clock_.now());
        clock_.advance(latency);
        const auto* report = requests.empty() ? nullptr : std::get_if<rpc::AddTask>(&requests.front());
        if (report && report->status == rpc::Status::failed && std::exchange(lose_next_failure_response, false))
            throw DiskFullError("write to state 'x': no space left");
        for (rpc::Response& answer : answers)
            if (auto* lease = std::get_if<rpc::LeaseState>(&answer); lease && steals_leases) lease->held = false;
        return answers;
    }

    std::chrono::milliseconds latency{0};
    int disk_full_errors = 0;
    bool lose_next_failure_response = false;
    bool steals_leases = false;

private:
    scheduler::Scheduler& scheduler_;
    FakeClock& clock_;
};

struct RecordingObserver final : worker::Observer {
    void planned(const worker::Plan&) override {}
    void started(const AnyTask& task, int) override { told.push_back("started " + task.description()); }
    void progressed(const AnyTask&, double) override {}
    void status_changed(const AnyTask&, std::string_view) override {}
    void logged(const AnyTask&, std::string_view line, bool) override { logs.emplace_back(line); }
    void ended(const AnyTask& task, const FinishedAttempt& end) override {
        told.push_back("ended " + task.description());
        ends.emplace_back(task.description(), end);
    }
    void notified(std::string_view message) override { notices.emplace_back(message); }

    std::vector<std::string> told;  ///< starts and ends
    std::vector<std::pair<std::string, FinishedAttempt>> ends;
    std::vector<std::string> logs;
    std::vector<std::string> notices;
};

inline scheduler::Config embedded_config() {
    scheduler::Config config;
    config.prune_on_get_work = true;
    config.stable_done_cooldown_secs = scheduler::Seconds(0);
    return config;
}

/// A worker with its environment. Time passes in each round of its loop.
struct WorkerFixture {
    explicit WorkerFixture(scheduler::Config its_config = embedded_config()) : config(std::move(its_config)) {
        existing.clear();
        required.clear();
        unanswered = 0;
        runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
            existing.insert(attempt.task.values().at("name"));
            return true;
        };
    }

    std::vector<TaskResult> run(const std::vector<AnyTask>& roots) {
        auto plan = worker::make_plan(roots, nullptr, max_tasks);
        Worker worker(registry, plan,
                      {.clock = clock,
                       .scheduler = *worker_client,
                       .threads = runner,
                       .processes = runner,
                       .jobs = runner,
                       .mailbox = mailbox,
                       .observer = observer,
                       .stop_requests = [this] { return stop_requests; },
                       .on_tick = [this]() -> std::optional<Time> {
                           clock.advance(100ms);
                           if (on_tick) on_tick();
                           return {};
                       },
                       .on_leases = on_leases},
                      {.id = "W" + std::to_string(++runs),
                       .slots = slots,
                       .family_limits = family_limits,
                       .wait_until = wait_until,
                       .scheduler_kind = scheduler_kind,
                       .families = families,
                       .idle_timeout = idle_timeout});
        worker.run();
        return worker.results();
    }

    scheduler::Config config;
    Registry registry = Registry::of<Make, ExternalInput, Refine, Weigh, Store, Stock, Impossible, Both>();
    FakeClock clock;
    test::FakeLog log;
    store::StateFile state = store::StateFile::in_memory();
    scheduler::Scheduler scheduler{state, log, {.config = config}, clock.now()};
    FaultyClient client{scheduler, clock};
    worker::SchedulerClient* worker_client = &client;  // by the worker
    worker::Mailbox<worker::Message> mailbox;
    FakeRunner runner{mailbox};
    RecordingObserver observer;
    int stop_requests = 0;
    int runs = 0;
    int slots = 1;
    std::vector<FamilyLimit> family_limits;
    std::optional<Time> wait_until;
    std::optional<int> max_tasks;
    worker::SchedulerKind scheduler_kind = worker::SchedulerKind::embedded;
    std::vector<std::string> families;
    std::optional<std::chrono::seconds> idle_timeout;
    std::function<void()> on_tick;
    std::function<void(rpc::Leases)> on_leases = [](const rpc::Leases&) {};
};

/// A fixture whose scheduler also serves another worker, played by the test.
struct SharedFixture : WorkerFixture {
    explicit SharedFixture(scheduler::Config its_config = embedded_config()) : WorkerFixture(std::move(its_config)) {
        scheduler_kind = worker::SchedulerKind::freshetd;
    }

    rpc::Response call_as_other(rpc::Request request) {
        return scheduler.execute(std::vector{std::move(request)}, clock.now()).front();
    }

    /// Registers the task for the other worker and assigns it to that one.
    void assign_to_other(const AnyTask& task) {
        call_as_other(task_request(task, rpc::Status::pending));
        const auto work = std::get<rpc::Work>(call_as_other(rpc::GetWork{.worker = "other"}));
        lease = std::get<rpc::Assignment>(work.assignment).lease->token;
    }
    void finish_as_other(const AnyTask& task, rpc::Status status) {
        auto report = task_request(task, status);
        report.lease = lease;
        report.expl = "\"no luck\"";
        if (status == rpc::Status::failed) report.failure = rpc::Failure{FailureClass::permanent};
        call_as_other(std::move(report));
    }

    /// Returns the task's node in the scheduler's graph.
    Json node(const AnyTask& task) {
        return std::get<Json>(call_as_other(rpc::DepGraph{.task_id = task.id()})).at(task.id());
    }
    std::string status(const AnyTask& task) { return node(task).at("status").as_string(); }
    std::size_t requirements(const AnyTask& task) { return node(task).at("deps").as_array().size(); }

    static rpc::AddTask task_request(const AnyTask& task, rpc::Status status) {
        rpc::AddTask request{.worker = "other", .task_id = task.id(), .status = status};
        request.family = task.type().family;
        for (const auto& [name, text] : task.values()) request.params.emplace_back(name, text);
        return request;
    }

    rpc::LeaseToken lease = 0;
};

/// Records assignments, and calls `on_assignment` for each before the worker gets it.
struct AssignmentRecorder final : worker::SchedulerClient {
    explicit AssignmentRecorder(SchedulerClient& client) : scheduler(client) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        auto answers = scheduler.call(requests);
        for (const auto& answer : answers) {
            const auto* work = std::get_if<rpc::Work>(&answer);
            const auto* assignment = work ? std::get_if<rpc::Assignment>(&work->assignment) : nullptr;
            if (!assignment) continue;
            assignments.push_back(*work);
            on_assignment(*assignment);
        }
        return answers;
    }

    SchedulerClient& scheduler;
    std::vector<rpc::Work> assignments;
    std::function<void(const rpc::Assignment&)> on_assignment = [](const rpc::Assignment&) {};
};

inline std::vector<TaskStatus> statuses(const std::vector<TaskResult>& reports) {
    std::vector<TaskStatus> found;
    for (const auto& report : reports) found.push_back(report.status);
    return found;
}

/// Fails `times` times, then makes the output.
inline FakeRunner::Script failing_script(int times, FailureClass failure_class) {
    return [times, failure_class](const worker::Attempt& attempt, AttemptResult& result) mutable {
        if (times-- <= 0) return existing.insert(attempt.task.values().at("name")), true;
        result.status = AttemptStatus::failed;
        result.failure = {.failure_class = failure_class, .message = "no luck"};
        return true;
    };
}

}  // namespace freshet::test
