// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/worker_fixture.hpp"

#include "worker/registration.hpp"
#include "worker/scheduler_protocol.hpp"
#include "worker/task_states.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace freshet::test {

/// Records all requests, and answers as a scheduler that accepts them, unless the test says otherwise.
class ScriptedScheduler final : public worker::SchedulerClient {
public:
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& call) override {
        std::vector<rpc::Response> responses;
        for (const rpc::Request& request : call) {
            requests.push_back(request);
            responses.push_back(answer ? answer(request) : accept(request));
        }
        return responses;
    }

    static rpc::Response accept(const rpc::Request& request) {
        if (const auto* tasks = std::get_if<rpc::RegisterTasks>(&request))
            return rpc::TasksAdded{std::vector(tasks->tasks.size(), rpc::TaskAdded{.status = rpc::Status::pending})};
        if (std::holds_alternative<rpc::DepGraph>(request)) return Json::object();
        return rpc::TaskAdded{};
    }

    /// The tasks of the registrations so far.
    std::vector<rpc::AddTask> registered() const {
        std::vector<rpc::AddTask> tasks;
        for (const rpc::Request& request : requests)
            if (const auto* one = std::get_if<rpc::RegisterTasks>(&request))
                tasks.insert(tasks.end(), one->tasks.begin(), one->tasks.end());
        return tasks;
    }

    std::vector<rpc::Request> requests;
    std::function<rpc::Response(const rpc::Request&)> answer;
};

/// The parts of a worker around a scripted scheduler, without a worker's loop.
struct ContextFixture {
    explicit ContextFixture(const std::vector<AnyTask>& roots = {Make{"a"}},
                            worker::SchedulerKind kind = worker::SchedulerKind::embedded)
        : options{.id = "W", .scheduler_kind = kind}, plan(worker::make_plan(roots)) {}

    std::size_t node(const AnyTask& task) const { return plan.find(task.id()).value(); }
    worker::RunningAttempt start(const AnyTask& task) { return states.start_attempt(node(task), 7, "token"); }

    worker::WorkerOptions options;
    FakeClock clock;
    ScriptedScheduler scheduler;
    worker::Plan plan;
    worker::TaskStates states{plan};
    std::unique_ptr<worker::SchedulerProtocol> protocol = worker::make_protocol(options, scheduler, plan, states);
    RecordingObserver observer;
    worker::WorkerContext context{.options = options,
                                  .clock = clock,
                                  .scheduler = scheduler,
                                  .protocol = *protocol,
                                  .plan = plan,
                                  .states = states,
                                  .observer = observer};
};

/// Clears the world of names, then requires what is given.
inline void reset_world(std::map<std::string, std::vector<std::string>> requirements = {}) {
    existing.clear();
    required = std::move(requirements);
}

}  // namespace freshet::test
