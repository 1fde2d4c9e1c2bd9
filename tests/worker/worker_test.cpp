// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "scheduler/scheduler.hpp"
#include "store/errors.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/fake_runner.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <set>

using namespace freshet;
using namespace std::chrono_literals;
using test::FakeClock;
using test::FakeRunner;
using worker::AttemptEnd;
using worker::AttemptResult;
using worker::Ending;
using worker::Worker;

namespace {

/// What exists: a world made of names. A task of this world makes its name.
std::set<std::string> there;
std::map<std::string, std::vector<std::string>> required;

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

scheduler::Config embedded() {
    scheduler::Config config;
    config.prune_on_get_work = true;
    config.stable_done_cooldown_secs = scheduler::Seconds(0);
    return config;
}

/// A worker with everything around it. Time passes whenever nothing runs.
struct Bench {
    Bench() {
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
                      {.clock = clock, .scheduler = client, .threads = runner, .processes = runner, .mailbox = mailbox,
                       .observer = diary, .stops = [this] { return stops; },
                       .between = [this]() -> std::optional<Time> {
                           clock.pass(100ms);
                           if (between) between();
                           return {};
                       }},
                      {.id = "W" + std::to_string(++runs), .slots = slots, .wait_until = wait_until});
        worker.run();
        return worker.reports();
    }

    Registry registry = Registry::of<Make, Given, Both>();
    FakeClock clock;
    test::FakeLog log;
    store::StateFile state = store::StateFile::in_memory();
    scheduler::Scheduler scheduler{state, log, {.config = embedded()}, clock.now()};
    Client client{scheduler, clock};
    worker::Mailbox<worker::Message> mailbox;
    FakeRunner runner{mailbox};
    Diary diary;
    int stops = 0;
    int runs = 0;
    int slots = 1;
    std::optional<Time> wait_until;
    std::function<void()> between;
};

std::vector<Fate> fates(const std::vector<TaskReport>& reports) {
    std::vector<Fate> found;
    for (const auto& report : reports) found.push_back(report.fate);
    return found;
}

/// Fails so often, then makes what it should.
FakeRunner::Script fails(int times, FailureClass failure_class) {
    return [times, failure_class](const worker::Attempt& attempt, AttemptResult& result) mutable {
        if (times-- <= 0) return there.insert(attempt.task.values().at("name")), true;
        result.ending = Ending::failed;
        result.failure = {.failure_class = failure_class, .message = "no luck"};
        return true;
    };
}

}  // namespace

TEST_CASE("what a task requires runs before it, and each runs once", "[worker]") {
    Bench bench;
    required = {{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}};
    const auto reports = bench.run({Make{"a"}});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=d)", "start Make(name=b)", "start Make(name=c)",
                                                         "start Make(name=a)"});
    CHECK(fates(reports) == std::vector(4, Fate::ran));
}

TEST_CASE("a complete task is not run, nor what it requires", "[worker]") {
    Bench bench;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    there = {"b"};
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("a transient failure is tried again after a pause", "[worker]") {
    Bench bench;
    bench.runner.script = fails(2, FailureClass::transient);
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::ran);
    CHECK(reports[0].attempts == 3);
    CHECK(bench.diary.ends[0].second.retry_at > bench.clock.start);
}

TEST_CASE("a pause that passes while the scheduler answers is followed by its retry", "[worker]") {
    Bench bench;
    bench.client.takes = 2s;
    bench.runner.script = fails(1, FailureClass::transient);
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("a transient failure is not tried more often than its policy says", "[worker]") {
    Bench bench;
    bench.runner.script = fails(100, FailureClass::transient);
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::failed);
    CHECK(reports[0].attempts == 5);
    CHECK(reports[0].message == "no luck");
}

TEST_CASE("a permanent failure is not tried again, and what requires it says so", "[worker]") {
    Bench bench;
    required = {{"a", {"b"}}, {"b", {"c"}}};
    bench.runner.script = fails(1, FailureClass::permanent);
    const auto reports = bench.run({Make{"a"}});
    CHECK(fates(reports) == std::vector{Fate::not_started, Fate::not_started, Fate::failed});
    CHECK(reports[0].message == "Make(name=c) failed: no luck");
}

TEST_CASE("what is not there yet is looked for once, unless the run may wait", "[worker]") {
    Bench bench;
    bench.runner.script = fails(2, FailureClass::not_yet);
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.runner.diary.size() == 1);
    bench.wait_until = bench.clock.now() + 1h;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.runner.diary.size() == 3);
}

TEST_CASE("waiting for what is not there yet ends at its deadline", "[worker]") {
    Bench bench;
    bench.runner.script = fails(1'000, FailureClass::not_yet);
    bench.wait_until = bench.clock.now() + 10min;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.clock.now() <= *bench.wait_until + 1min);
}

TEST_CASE("an external task that is missing holds up only what requires it", "[worker]") {
    Bench bench;
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::not_started, Fate::ran, Fate::missing});
    there.insert("given");
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::was_complete, Fate::was_complete, Fate::was_complete});
}

TEST_CASE("a task that finds out what it needs runs again when that is complete", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !there.contains("late")) {
            result.ending = Ending::waiting;
            result.missing = {Make{"late"}};
        } else {
            there.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    const auto reports = bench.run({Make{"a"}});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)", "start Make(name=late)", "start Make(name=a)"});
    CHECK(fates(reports) == std::vector(2, Fate::ran));
    CHECK(reports[0].attempts == 1);
}

TEST_CASE("a requirement found while running that closes a cycle fails the task with the path", "[worker]") {
    Bench bench;
    required = {{"b", {"a"}}};
    bench.runner.script = [](const worker::Attempt&, AttemptResult& result) {
        result.ending = Ending::waiting;
        result.missing = {Make{"b"}};
        return true;
    };
    CHECK(bench.run({Make{"a"}})[0].message == "plan: a task requires itself: Make(name=a) -> Make(name=b) -> Make(name=a)");
}

TEST_CASE("an output that vanished while others waited is made again", "[worker]") {
    Bench bench;
    required = {{"a", {"b", "c"}}};
    there = {"b"};
    bench.runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
        const std::string name = attempt.task.values().at("name");
        if (name == "c" && there.contains("b")) there.erase("b");
        there.insert(name);
        return true;
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=c)", "start Make(name=b)", "start Make(name=a)"});
}

TEST_CASE("an attempt that lost its lease counts for nothing", "[worker]") {
    Bench bench;
    bench.client.steals_leases = true;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        if (bench.runner.diary.size() > 1) return there.insert(attempt.task.values().at("name")), true;
        bench.between = [&] { bench.client.steals_leases = bench.runner.diary.size() < 2; };
        return true;
    };
    bench.run({Make{"a"}});
    CHECK(bench.diary.ends[0].second.how == AttemptEnd::How::lost);
}

TEST_CASE("no more run at once than there are slots", "[worker]") {
    Bench bench;
    bench.slots = 2;
    bench.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    bench.between = [&] {
        CHECK(bench.runner.running.size() <= 2);
        if (bench.runner.running.empty()) return;
        const auto attempt = bench.runner.running.front();
        bench.runner.running.erase(bench.runner.running.begin());
        there.insert(attempt.task.values().at("name"));
        bench.mailbox.put(AttemptResult{.token = attempt.token, .ending = Ending::done});
    };
    const auto reports = bench.run({Make{"a"}, Make{"b"}, Make{"c"}, Make{"d"}});
    CHECK(fates(reports) == std::vector(4, Fate::ran));
}

TEST_CASE("asked to stop, it finishes what runs and starts no more", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        bench.stops = 1;
        return there.insert(attempt.task.values().at("name")), true;
    };
    CHECK(fates(bench.run({Make{"a"}, Make{"b"}})) == std::vector{Fate::ran, Fate::not_started});
}

TEST_CASE("asked to stop twice, it gives back what runs, at no cost to the task", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt&, AttemptResult&) { return false; };
    bench.between = [&] {
        if (bench.runner.running.empty()) return;
        bench.stops = 2;
        bench.mailbox.put(worker::Nudge{});
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::not_yet);
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)", "cancel"});
}

TEST_CASE("a full disk pauses the run and does not end it", "[worker]") {
    Bench bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (bench.runner.diary.size() > 1) return there.insert(attempt.task.values().at("name")), true;
        result.ending = Ending::failed;
        result.disk_full = true;
        result.failure = {.failure_class = FailureClass::transient, .message = "write 'a': No space left on device"};
        return true;
    };
    const auto began = bench.clock.now();
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.clock.now() - began >= 10s);
    CHECK(bench.diary.notices ==
          std::vector<std::string>{"write 'a': No space left on device: starting nothing for 10 s, then trying again"});
}

TEST_CASE("a failure that the scheduler could not write at once is tried again all the same", "[worker]") {
    Bench bench;
    bench.runner.script = fails(1, FailureClass::transient);
    bench.client.loses_next_answer_of_a_failure = true;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("a disk that is full while the plan is registered delays the run and does not end it", "[worker]") {
    Bench bench;
    bench.client.full_disks = 1;
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
}

TEST_CASE("what was done in this run is not run again when it is required once more", "[worker]") {
    Bench bench;
    required = {{"a", {"d"}}, {"late", {"d"}}};
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task == AnyTask(Make{"a"}) && !there.contains("late")) {
            result.ending = Ending::waiting;
            result.missing = {Make{"late"}};
        } else {
            there.insert(attempt.task.values().at("name"));
        }
        return true;
    };
    bench.run({Make{"a"}});
    CHECK(std::count(bench.runner.diary.begin(), bench.runner.diary.end(), "start Make(name=d)") == 1);
}

TEST_CASE("a scheduler that cannot write for want of room is asked again", "[worker]") {
    Bench bench;
    bench.between = [&, told = false]() mutable {
        if (!std::exchange(told, true)) bench.client.full_disks = 2;
    };
    CHECK(bench.run({Make{"a"}})[0].fate == Fate::ran);
    CHECK(bench.diary.notices.size() == 2);
}
