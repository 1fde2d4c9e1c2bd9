// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"
#include "worker/attempt.hpp"
#include "worker/plan.hpp"
#include "worker/registration.hpp"

#include "freshet/task.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <tuple>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Config;
using scheduler::Seconds;

namespace {

std::string text_of(Status status) { return std::string(rpc::text(status)); }

/// A scheduler with one task, A, that the worker W runs.
struct OneTask : SchedulerHarness {
    explicit OneTask(const Config& config) : SchedulerHarness(config) {
        registers("W", "A");
        REQUIRE(gets("W") == "A");
    }
    void pass(double seconds) {
        advance(Seconds(seconds));
        send(rpc::Ping{.worker = "W"});
        prunes();
    }
    std::string status_of_task() const { return text_of(status("A")); }
    double pause() { return Seconds(*machine.next_wakeup() - now).count(); }
};

// Each shows a number or a word that depends on the setting of the same name.

std::string retry_delay(const Config& config) {
    OneTask one(config);
    one.reports("W", "A", Status::failed);
    one.pass(2);
    return one.status_of_task();
}

std::string remove_delay(const Config& config) {
    OneTask one(config);
    one.reports("W", "A", Status::done);
    one.advance(Seconds(61));
    one.prunes();
    one.advance(Seconds(2));
    one.prunes();
    return one.knows("A") ? "kept" : "removed";
}

std::string worker_disconnect_delay(const Config& config) {
    OneTask one(config);
    one.advance(Seconds(100));
    one.prunes();
    return one.status_of_task();
}

std::string retry_count(const Config& config) {
    OneTask one(config);
    one.fails("W", "A", FailureClass::transient);
    return one.status_of_task();
}

/// The status after two failures with 1,000 seconds between.
std::string status_after_two(const Config& config) {
    OneTask one(config);
    one.reports("W", "A", Status::failed);
    for (int minutes = 0; minutes < 20; ++minutes) one.pass(50);
    REQUIRE(one.gets("W") == "A");
    one.reports("W", "A", Status::failed);
    return one.status_of_task();
}

std::string disable_window(Config config) {
    config.retry_count = 2;
    return status_after_two(config);
}

std::string disable_persist(Config config) {
    config.retry_count = 1;
    OneTask one(config);
    one.reports("W", "A", Status::failed);
    one.pass(2);
    return one.status_of_task();
}

std::string max_shown_tasks(const Config& config) {
    OneTask one(config);
    one.registers("W", "B");
    return one.ask<Json>(rpc::TaskList{}).text();
}

std::string max_graph_nodes(const Config& config) {
    OneTask one(config);
    one.registers("W", "B", {"A"});
    return std::to_string(one.ask<Json>(rpc::DepGraph{.task_id = "B"}).as_object().size());
}

std::string record_task_history(const Config& config) {
    return OneTask(config).ask<Json>(rpc::HasTaskHistory{}).text();
}

std::string prune_on_get_work(Config config) {
    config.worker_disconnect_delay = Seconds(1e9);
    OneTask one(config);
    one.reports("W", "A", Status::failed);
    one.advance(Seconds(901));
    return one.gets("W");
}

std::string pause_enabled(const Config& config) {
    OneTask one(config);
    one.registers("W", "B");
    one.send(rpc::Pause{});
    return one.gets("W");
}

std::string send_messages(const Config& config) {
    return OneTask(config).ask<Json>(rpc::SendSchedulerMessage{.worker = "W", .task = "A", .content = "hello"}).text();
}

std::string stable_done_cooldown_secs(const Config& config) {
    OneTask one(config);
    one.reports("W", "A", Status::done);
    one.registers("W", "A");
    return one.status_of_task();
}

std::string attempts(const Config& config) {
    OneTask one(config);
    one.fails("W", "A", FailureClass::transient);
    return one.task("A").retries_exhausted ? "given up" : "to be retried";
}

std::string first_pause(const Config& config) {
    OneTask one(config);
    one.fails("W", "A", FailureClass::transient);
    return one.pause() > 2 ? "long" : "short";
}

std::string longest_pause(const Config& config) {
    OneTask one(config);
    one.fails("W", "A", FailureClass::not_ready);
    return one.pause() > 30 ? "long" : "short";
}

struct Effect {
    std::string_view name;   ///< of the setting
    std::string_view value;  ///< other than the default
    std::string (*observe)(Config);
};

template <std::string (*observe)(const Config&)>
std::string by_value(Config config) {
    return observe(config);
}

constexpr Effect effects[] = {
    {"retry_delay", "1", by_value<retry_delay>},
    {"remove_delay", "1", by_value<remove_delay>},
    {"worker_disconnect_delay", "1000", by_value<worker_disconnect_delay>},
    {"retry_count", "1", by_value<retry_count>},
    {"disable_window", "10", disable_window},
    {"disable_hard_timeout", "10", by_value<status_after_two>},
    {"disable_persist", "1", disable_persist},
    {"max_shown_tasks", "1", by_value<max_shown_tasks>},
    {"max_graph_nodes", "1", by_value<max_graph_nodes>},
    {"record_task_history", "false", by_value<record_task_history>},
    {"prune_on_get_work", "true", prune_on_get_work},
    {"pause_enabled", "false", by_value<pause_enabled>},
    {"send_messages", "false", by_value<send_messages>},
    {"stable_done_cooldown_secs", "0", by_value<stable_done_cooldown_secs>},
    {"attempts", "1", by_value<attempts>},
    {"first_pause", "20", by_value<first_pause>},
    {"longest_pause", "1", by_value<longest_pause>},
    {"pause_limit", "1", by_value<longest_pause>},
};

const Effect* effect_of(std::string_view name) {
    const auto found = std::ranges::find(effects, name, &Effect::name);
    return found == std::end(effects) ? nullptr : found;
}

/// A task whose policy the test chooses.
struct Chosen {
    static inline TaskPolicy policy{};
    RetryPolicy retry() const { return policy.retry; }
    Resources resources() const { return policy.resources; }
    double priority() const { return policy.priority; }
    std::chrono::milliseconds timeout() const { return policy.timeout.value_or(std::chrono::milliseconds(0)); }
    static constexpr std::array<Parameter, 0> parameters{};
    bool complete() const { return false; }
    void run() const {}
};

/// A scheduler at which a worker has registered the task, as it registers all tasks of Freshet's own.
struct ChosenTask : SchedulerHarness {
    explicit ChosenTask(const TaskPolicy& policy) {
        Chosen::policy = policy;
        add(worker::registration(worker::make_plan({chosen}), 0, "W"));
    }
    void runs() { REQUIRE(gets("W") == chosen.id()); }
    void fails(FailureClass failure_class) {
        rpc::AddTask failed = worker::report(chosen, Status::failed, "W");
        failed.failure = rpc::Failure{failure_class};
        add(std::move(failed));
    }
    const scheduler::Task& state() const { return SchedulerHarness::task(chosen.id()); }
    double pause() { return Seconds(*machine.next_wakeup() - now).count(); }

    AnyTask chosen = Chosen{};
};

std::string after_failure(const TaskPolicy& policy) {
    ChosenTask chosen(policy);
    chosen.runs();
    chosen.fails(FailureClass::transient);
    const auto& task = chosen.state();
    return text_of(task.status) + (task.retries_exhausted ? ", given up" : "") + (chosen.pause() > 2 ? ", later" : "");
}

std::string after_wait(const TaskPolicy& policy) {
    ChosenTask chosen(policy);
    chosen.runs();
    chosen.fails(FailureClass::not_ready);
    return chosen.pause() > 30 ? "later" : "soon";
}

/// The status after two failures with 100 seconds between.
std::string after_two_failures(const TaskPolicy& policy) {
    ChosenTask chosen(policy);
    chosen.runs();
    chosen.fails(FailureClass::transient);
    for (int i = 0; i < 10; ++i) {
        chosen.advance(Seconds(10));
        chosen.send(rpc::Ping{.worker = "W"});
        chosen.prunes();
    }
    chosen.runs();
    chosen.fails(FailureClass::transient);
    return text_of(chosen.state().status);
}

std::string after_two_failures_of_two(TaskPolicy policy) {
    policy.retry.retry_count = 2;
    return after_two_failures(policy);
}

/// The task that is run first of two, of which the other one was registered first and holds all of a resource.
std::string first_to_run(const TaskPolicy& policy) {
    Chosen::policy = policy;
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.add(worker::registration(worker::make_plan({Chosen{}}), 0, "W"));
    return harness.gets("W");
}

std::string beside_another(const TaskPolicy& policy) {
    Chosen::policy = policy;
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .resources = {{{"tape", 1}}}, .family = "A"});
    REQUIRE(harness.gets("W") == "A");
    harness.add(worker::registration(worker::make_plan({Chosen{}}), 0, "W"));
    return harness.gets("W");
}

std::string time_to_run(const TaskPolicy& policy) {
    Chosen::policy = policy;
    return std::to_string(worker::timeout_of({.task = Chosen{}, .token = "t"}).count());
}

struct PolicyEffect {
    std::string_view member;
    TaskPolicy changed;
    std::string (*observe)(const TaskPolicy&);
};

TaskPolicy with(RetryPolicy retry) { return {.retry = retry}; }

std::vector<PolicyEffect> policy_effects() {
    using namespace std::chrono_literals;
    RetryPolicy attempts, first, longest, count, window, hard;
    attempts.attempts = 1;
    first.first_pause = 20s;
    longest.longest_pause = 1s;
    count.retry_count = 1;
    window.disable_window = 10s;
    hard.disable_hard_timeout = 10s;
    return {
        {"attempts", with(attempts), after_failure},
        {"first_pause", with(first), after_failure},
        {"longest_pause", with(longest), after_wait},
        {"retry_count", with(count), after_failure},
        {"disable_window", with(window), [](const TaskPolicy& policy) { return after_two_failures_of_two(policy); }},
        {"disable_hard_timeout", with(hard), after_two_failures},
        {"priority", {.priority = 5}, first_to_run},
        {"resources", {.resources = {{"tape", 1}}}, beside_another},
        {"timeout", {.timeout = 5s}, time_to_run}};
}

}  // namespace

TEST_CASE("every key of the section scheduler changes what the scheduler does", "[scheduler][config]") {
    for (const std::string& key : scheduler::config_keys()) {
        CAPTURE(key);
        const Effect* effect = effect_of(key);
        REQUIRE(effect);  // a new key: show here what it changes
        Config changed;
        scheduler::set_key(changed, key, effect->value);
        CHECK(effect->observe(changed) != effect->observe(Config{}));
    }
    CHECK(std::size(effects) == scheduler::config_keys().size());
}

TEST_CASE("every member of a task's policy changes what becomes of the task", "[scheduler][policy]") {
    // A new member does not compile here: show below what it changes.
    const auto& [priority, resources, retry, timeout] = TaskPolicy{};
    const auto& [attempts, first_pause, longest_pause, retry_count, disable_window, disable_hard_timeout] = retry;
    static_cast<void>(std::tie(priority, resources, timeout, attempts, first_pause, longest_pause, retry_count,
                               disable_window, disable_hard_timeout));
    const auto all = policy_effects();
    CHECK(all.size() == 9);
    for (const PolicyEffect& effect : all) {
        CAPTURE(effect.member);
        CHECK(effect.observe(effect.changed) != effect.observe(TaskPolicy{}));
    }
}
