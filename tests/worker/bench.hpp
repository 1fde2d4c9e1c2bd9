// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/worker.hpp"

#include "scheduler/scheduler.hpp"
#include "store/errors.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/fake_runner.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// A worker with the real scheduler around it, in a world made of names.
namespace freshet::test {

using namespace std::chrono_literals;
using worker::AttemptEnd;
using worker::AttemptResult;
using worker::Ending;
using worker::Worker;


/// What exists: a world made of names. A task of this world makes its name.
inline std::set<std::string> there;
inline std::map<std::string, std::vector<std::string>> required;

struct Named {
    std::string name;
    bool exists() const { return there.contains(name); }
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

struct Given {
    static constexpr Kind kind = Kind::external;
    Named output() const { return {"given"}; }
};

struct Refine {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Refine::name>("which")};
    Given requirements() const { return {}; }
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

/// Cannot say what it requires.
struct Impossible {
    std::vector<AnyTask> requirements() const { throw Error("look for what is required: no network"); }
    Named output() const { return {"impossible"}; }
    void run() const {}
};

struct Both {
    static constexpr Kind kind = Kind::wrapper;
    std::vector<AnyTask> requirements() const { return {Make{"a"}, Given{}}; }
};

/// The real scheduler in memory, which can be made to fail or to take leases away.
class Client final : public worker::SchedulerClient {
public:
    Client(scheduler::Scheduler& scheduler, FakeClock& clock) : scheduler_(scheduler), clock_(clock) {}

    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
        if (full_disks > 0 && full_disks-- > 0) throw store::DiskFullError("write to state 'x': no space left");
        auto answers = scheduler_.execute(requests, clock_.now());
        clock_.pass(takes);
        const auto* report = requests.empty() ? nullptr : std::get_if<wire::AddTask>(&requests.front());
        if (report && report->status == wire::Status::failed && std::exchange(loses_next_answer_of_a_failure, false))
            throw store::DiskFullError("write to state 'x': no space left");
        for (wire::Response& answer : answers)
            if (auto* lease = std::get_if<wire::LeaseState>(&answer); lease && steals_leases) lease->held = false;
        return answers;
    }

    std::chrono::milliseconds takes{0};
    int full_disks = 0;
    bool loses_next_answer_of_a_failure = false;
    bool steals_leases = false;

private:
    scheduler::Scheduler& scheduler_;
    FakeClock& clock_;
};

struct Diary final : worker::Observer {
    void planned(const worker::Plan&) override {}
    void started(const AnyTask&, int) override {}
    void progressed(const AnyTask&, double) override {}
    void said(const AnyTask&, std::string_view) override {}
    void logged(const AnyTask&, std::string_view, bool) override {}
    void ended(const AnyTask& task, const AttemptEnd& end) override { ends.emplace_back(task.description(), end); }
    void noticed(std::string_view message) override { notices.emplace_back(message); }

    std::vector<std::pair<std::string, AttemptEnd>> ends;
    std::vector<std::string> notices;
};

inline scheduler::Config embedded() {
    scheduler::Config config;
    config.prune_on_get_work = true;
    config.stable_done_cooldown_secs = scheduler::Seconds(0);
    return config;
}

/// A worker with everything around it. Time passes whenever nothing runs.
struct Bench {
    explicit Bench(scheduler::Config its_config = embedded()) : config(std::move(its_config)) {
        there.clear();
        required.clear();
        runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
            there.insert(attempt.task.values().at("name"));
            return true;
        };
    }

    std::vector<TaskReport> run(const std::vector<AnyTask>& roots) {
        auto plan = worker::make_plan(roots);
        Worker worker(registry, plan,
                      {.clock = clock, .scheduler = *asked, .threads = runner, .processes = runner, .mailbox = mailbox,
                       .observer = diary, .stops = [this] { return stops; },
                       .between = [this]() -> std::optional<Time> {
                           clock.pass(100ms);
                           if (between) between();
                           return {};
                       }},
                      {.id = "W" + std::to_string(++runs), .slots = slots, .wait_until = wait_until, .sharing = sharing});
        worker.run();
        return worker.reports();
    }

    scheduler::Config config;
    Registry registry = Registry::of<Make, Given, Refine, Weigh, Impossible, Both>();
    FakeClock clock;
    test::FakeLog log;
    store::StateFile state = store::StateFile::in_memory();
    scheduler::Scheduler scheduler{state, log, {.config = config}, clock.now()};
    Client client{scheduler, clock};
    worker::SchedulerClient* asked = &client;  // by the worker
    worker::Mailbox<worker::Message> mailbox;
    FakeRunner runner{mailbox};
    Diary diary;
    int stops = 0;
    int runs = 0;
    int slots = 1;
    std::optional<Time> wait_until;
    std::optional<worker::Sharing> sharing;
    std::function<void()> between;
};

/// A bench whose scheduler serves another worker, too, which the test speaks for.
struct Shared : Bench {
    explicit Shared(scheduler::Config its_config = embedded()) : Bench(std::move(its_config)) { sharing.emplace(); }

    wire::Response other_says(wire::Request request) {
        return scheduler.execute(std::vector{std::move(request)}, clock.now()).front();
    }

    /// Registers the task for the other worker, which gets it.
    void other_takes(const AnyTask& task) {
        other_says(described(task, wire::Status::pending));
        const auto work = std::get<wire::Work>(other_says(wire::GetWork{.worker = "other"}));
        lease = std::get<wire::Assignment>(work.assignment).lease->token;
    }
    void other_ends(const AnyTask& task, wire::Status status) {
        auto report = described(task, status);
        report.lease = lease;
        report.expl = "\"no luck\"";
        if (status == wire::Status::failed) report.failure = wire::Failure{FailureClass::permanent};
        other_says(std::move(report));
    }

    /// What the scheduler's graph says of the task.
    Json node(const AnyTask& task) {
        return std::get<Json>(other_says(wire::DepGraph{.task_id = task.id()})).at(task.id());
    }
    std::string status(const AnyTask& task) { return node(task).at("status").as_string(); }
    std::size_t requirements(const AnyTask& task) { return node(task).at("deps").as_array().size(); }

    static wire::AddTask described(const AnyTask& task, wire::Status status) {
        wire::AddTask request{.worker = "other", .task_id = task.id(), .status = status};
        request.family = task.type().family;
        for (const auto& [name, text] : task.values()) request.params.emplace_back(name, text);
        return request;
    }

    wire::LeaseToken lease = 0;
};

/// Keeps what the scheduler hands out, and calls `seen` for each before the worker learns of it.
struct HandOuts final : worker::SchedulerClient {
    explicit HandOuts(SchedulerClient& asked) : scheduler(asked) {}

    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
        auto answers = scheduler.call(requests);
        for (const auto& answer : answers) {
            const auto* work = std::get_if<wire::Work>(&answer);
            const auto* assignment = work ? std::get_if<wire::Assignment>(&work->assignment) : nullptr;
            if (!assignment) continue;
            all.push_back(*work);
            seen(*assignment);
        }
        return answers;
    }

    SchedulerClient& scheduler;
    std::vector<wire::Work> all;
    std::function<void(const wire::Assignment&)> seen = [](const wire::Assignment&) {};
};

inline std::vector<Fate> fates(const std::vector<TaskReport>& reports) {
    std::vector<Fate> found;
    for (const auto& report : reports) found.push_back(report.fate);
    return found;
}

/// Fails so often, then makes what it should.
inline FakeRunner::Script fails(int times, FailureClass failure_class) {
    return [times, failure_class](const worker::Attempt& attempt, AttemptResult& result) mutable {
        if (times-- <= 0) return there.insert(attempt.task.values().at("name")), true;
        result.ending = Ending::failed;
        result.failure = {.failure_class = failure_class, .message = "no luck"};
        return true;
    };
}

}  // namespace freshet::test
