// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "support/fake_clock.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// A state machine with the requests of workers and operators, at times that the test sets.
class SchedulerHarness {
public:
    explicit SchedulerHarness(scheduler::Config config = {}) : machine(std::move(config), 1) {}

    void advance(scheduler::Seconds time) { now += std::chrono::duration_cast<Time::duration>(time); }

    template <class Answer, class Request>
    Answer ask(Request request) {
        return std::get<Answer>(machine.handle(std::move(request), now));
    }
    template <class Request>
    void send(Request request) {
        machine.handle(std::move(request), now);
    }

    /// Introduces a worker of Freshet, with its run.
    void introduces(const std::string& worker) {
        send(rpc::AddWorker{.worker = worker,
                            .info = {{std::string(rpc::run_keys::run),
                                      Json::Object{{std::string(rpc::run_keys::run_id), "run of " + worker}}}}});
    }

    /// Registers a PENDING task that the worker can run.
    void registers(const std::string& worker, const std::string& task, std::vector<std::string> deps = {}) {
        add({.worker = worker, .task_id = task, .deps = std::move(deps), .family = family(task)});
    }
    std::string add(rpc::AddTask request) { return ask<rpc::TaskAdded>(std::move(request)).refused; }

    /// Reports the result of an attempt, as a Luigi worker does.
    void reports(const std::string& worker, const std::string& task, rpc::Status status) {
        add(report(worker, task, status));
    }
    static rpc::AddTask report(const std::string& worker, const std::string& task, rpc::Status status) {
        return {.worker = worker,
                .task_id = task,
                .status = status,
                .runnable = false,
                .new_deps = std::vector<std::string>{},
                .expl = "null",
                .family = family(task),
                .retry_policy_dict = rpc::RetryPolicy{}};
    }
    void fails(const std::string& worker, const std::string& task, FailureClass failure_class,
               std::optional<std::chrono::seconds> retry_after = std::nullopt) {
        auto failed = report(worker, task, rpc::Status::failed);
        failed.failure = rpc::Failure{failure_class, retry_after};
        add(std::move(failed));
    }

    /// Reports that the disk of the worker was full, as a worker of Freshet does.
    void finds_disk_full(const std::string& worker, const std::string& task) {
        auto failed = report(worker, task, rpc::Status::failed);
        failed.expl = Json("write '/data/x': No space left on device").text();
        failed.failure = rpc::Failure{FailureClass::throttled, std::chrono::seconds(10), true};
        add(std::move(failed));
    }

    rpc::Work work(const std::string& worker) { return ask<rpc::Work>(rpc::GetWork{.worker = worker}); }
    /// Asks for work and returns the id of the task: "" for none, "a|b" for a batch.
    std::string gets(const std::string& worker) { return name_of(work(worker)); }
    std::string gets_as_assistant(const std::string& worker) {
        return name_of(ask<rpc::Work>(rpc::GetWork{.worker = worker, .assistant = true}));
    }
    std::string gets_serving(const std::string& worker, std::vector<std::string> families) {
        return name_of(ask<rpc::Work>(rpc::GetWork{.worker = worker, .families = std::move(families)}));
    }
    std::string gets_except(const std::string& worker, std::vector<std::string> families) {
        return name_of(ask<rpc::Work>(rpc::GetWork{.worker = worker, .except_families = std::move(families)}));
    }
    rpc::Assignment assignment(const std::string& worker) { return std::get<rpc::Assignment>(work(worker).assignment); }
    void prunes() { send(rpc::Prune{}); }

    const scheduler::Task& task(const std::string& id) const {
        const auto found = machine.state().tasks.find(id);
        if (!found) throw std::runtime_error("no task '" + id + "'");
        return machine.state().tasks[*found];
    }
    bool knows(const std::string& id) const { return machine.state().tasks.find(id).has_value(); }
    rpc::Status status(const std::string& id) const { return task(id).status; }

    static std::string family(const std::string& task) { return task.substr(0, task.find('_')); }

    scheduler::StateMachine machine;
    Time now = FakeClock::start;

private:
    static std::string name_of(const rpc::Work& work) {
        if (const auto* one = std::get_if<rpc::Assignment>(&work.assignment)) return one->task_id;
        std::string names;
        if (const auto* batch = std::get_if<rpc::BatchAssignment>(&work.assignment))
            for (const std::string& id : batch->task_ids) names += (names.empty() ? "" : "|") + id;
        return names;
    }
};

}  // namespace freshet::test
