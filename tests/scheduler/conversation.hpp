// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "scheduler/state.hpp"
#include "support/fake_clock.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// What workers and operators say to a scheduler, and what it answers, at times that the test sets.
class Conversation {
public:
    explicit Conversation(scheduler::Config config = {}) : state(std::move(config), 1) {}

    void pass(scheduler::Seconds time) { now += std::chrono::duration_cast<Time::duration>(time); }

    template <class Answer, class Request>
    Answer ask(Request request) {
        return std::get<Answer>(state.handle(std::move(request), now));
    }
    template <class Request>
    void say(Request request) {
        state.handle(std::move(request), now);
    }

    /// The worker registers a PENDING task that it can run.
    void registers(const std::string& worker, const std::string& task, std::vector<std::string> deps = {}) {
        add({.worker = worker, .task_id = task, .deps = std::move(deps), .family = family(task)});
    }
    std::string add(wire::AddTask request) { return ask<wire::TaskAdded>(std::move(request)).refused; }

    /// The worker reports how an attempt ended, as a plain Luigi worker does.
    void reports(const std::string& worker, const std::string& task, wire::Status status) {
        add(report(worker, task, status));
    }
    static wire::AddTask report(const std::string& worker, const std::string& task, wire::Status status) {
        return {.worker = worker,
                .task_id = task,
                .status = status,
                .runnable = false,
                .new_deps = std::vector<std::string>{},
                .expl = "null",
                .family = family(task),
                .retry_policy_dict = wire::RetryPolicy{}};
    }
    void fails(const std::string& worker, const std::string& task, FailureClass failure_class,
               std::optional<std::chrono::seconds> retry_after = std::nullopt) {
        auto failed = report(worker, task, wire::Status::failed);
        failed.failure = wire::Failure{failure_class, retry_after};
        add(std::move(failed));
    }

    wire::Work work(const std::string& worker) { return ask<wire::Work>(wire::GetWork{.worker = worker}); }
    /// The id of the task that the worker gets; "" is none, "a|b" a batch.
    std::string gets(const std::string& worker) { return name_of(work(worker)); }
    std::string gets_as_assistant(const std::string& worker) {
        return name_of(ask<wire::Work>(wire::GetWork{.worker = worker, .assistant = true}));
    }
    std::string gets_serving(const std::string& worker, std::vector<std::string> families) {
        return name_of(ask<wire::Work>(wire::GetWork{.worker = worker, .families = std::move(families)}));
    }
    wire::Assignment assignment(const std::string& worker) {
        return std::get<wire::Assignment>(work(worker).assignment);
    }
    void prunes() { say(wire::Prune{}); }

    const scheduler::Task& task(const std::string& id) const {
        const auto found = state.board().tasks.find(id);
        if (!found) throw std::runtime_error("no task '" + id + "'");
        return state.board().tasks[*found];
    }
    bool knows(const std::string& id) const { return state.board().tasks.find(id).has_value(); }
    wire::Status status(const std::string& id) const { return task(id).status; }

    static std::string family(const std::string& task) { return task.substr(0, task.find('_')); }

    scheduler::State state;
    Time now = FakeClock::start;

private:
    static std::string name_of(const wire::Work& work) {
        if (const auto* one = std::get_if<wire::Assignment>(&work.assignment)) return one->task_id;
        std::string names;
        if (const auto* batch = std::get_if<wire::BatchAssignment>(&work.assignment))
            for (const std::string& id : batch->task_ids) names += (names.empty() ? "" : "|") + id;
        return names;
    }
};

}  // namespace freshet::test
