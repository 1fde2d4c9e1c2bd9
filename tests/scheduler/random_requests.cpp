// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "random_requests.hpp"

#include <cstdlib>

namespace freshet::test {

using rpc::Status;

namespace {

/// Tasks depend on tasks of lower number only: planning rejects cycles.
int number_of(const scheduler::Task& task) { return std::atoi(task.id.c_str() + task.id.find('_') + 1); }

}  // namespace

scheduler::Seconds RandomRequests::next_time_step() {
    if (one_in(50)) return scheduler::Seconds(below(700));
    if (one_in(10)) return scheduler::Seconds(below(20));
    return scheduler::Seconds(0.1 * below(5));
}

rpc::Request RandomRequests::next(const scheduler::SchedulerState& state) {
    const int choice = below(20);
    if (choice < 6) return registration();
    if (choice < 11) return get_work_request();
    if (choice < 17) return running_task_request(state);
    return choice < 18 ? task_request() : worker_request();
}

rpc::GetWork RandomRequests::get_work_request() {
    rpc::GetWork request{.worker = worker(), .host = "h", .assistant = one_in(5)};
    if (one_in(4)) request.families = {"F" + std::to_string(below(3))};
    if (one_in(8)) request.families.push_back("F1");
    return request;
}

std::vector<std::string> RandomRequests::some_before(int number) {
    std::vector<std::string> deps;
    for (int i = 0; number > 0 && i < below(4); ++i) deps.push_back(task(below(number)));
    return deps;
}

rpc::Resources RandomRequests::some_resources() {
    rpc::Resources resources;
    if (one_in(3)) resources["db"] = 1 + below(3);
    if (one_in(6)) resources["net"] = 1;
    return resources;
}

rpc::AddTask RandomRequests::registration() {
    const int number = below(tasks_);
    static constexpr Status statuses[] = {Status::pending, Status::pending, Status::pending, Status::pending,
                                          Status::pending, Status::done,    Status::unknown, Status::disabled};
    rpc::AddTask request{.worker = worker(),
                         .task_id = task(number),
                         .status = one_in(4) ? statuses[below(8)] : Status::pending,
                         .runnable = !one_in(8),
                         .deps = some_before(number),
                         .resources = some_resources(),
                         .priority = static_cast<double>(below(4)),
                         .family = "F" + std::to_string(number % 3),
                         .params = {{"n", std::to_string(number)}, {"kind", number % 2 ? "odd" : "even"}},
                         .assistant = one_in(20),
                         .batchable = number % 3 == 0};
    if (one_in(3)) request.retry_policy_dict = rpc::RetryPolicy{.retry_count = 2, .attempts = 3};
    return request;
}

rpc::AddTask RandomRequests::report(const scheduler::Task& task) {
    static constexpr Status statuses[] = {Status::done, Status::done, Status::done, Status::failed, Status::pending};
    rpc::AddTask request{.worker = one_in(10) || !task.worker_running ? worker() : *task.worker_running,
                         .task_id = task.id,
                         .status = statuses[below(5)],
                         .runnable = false,
                         .expl = "\"why\"",
                         .resources = *task.resources,
                         .family = *task.family,
                         .retry_policy_dict = *task.policy};
    if (one_in(2)) request.lease = one_in(6) ? 1 : task.lease;
    if (request.status == Status::failed && one_in(2))
        request.failure = rpc::Failure{static_cast<FailureClass>(below(4)), std::nullopt};
    if (request.status == Status::pending && one_in(2)) request.new_deps = some_before(number_of(task));
    if (request.status == Status::done && one_in(2))
        request.events = {Event{.id = task.id, .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}};
    return request;
}

rpc::Request RandomRequests::running_task_request(const scheduler::SchedulerState& state) {
    const auto& index = state.tasks.index();
    const auto& members = index.with_status(Status::batch_running);
    if (!members.empty() && one_in(2)) {
        const scheduler::Task& member = state.tasks[*members.begin()];
        if (member.worker_running && member.batch)
            return rpc::AddTask{.worker = *member.worker_running,
                                .task_id = "F0_all",
                                .status = Status::running,
                                .family = "F0",
                                .batch_id = *member.batch};
    }
    const auto& running = index.with_status(Status::running);
    if (running.empty()) return registration();
    auto chosen = running.begin();
    std::advance(chosen, below(static_cast<int>(running.size())));
    const scheduler::Task& task = state.tasks[*chosen];
    if (one_in(6)) return rpc::DecreaseRunningTaskResources{task.id, {{"db", 1}}};
    if (one_in(8)) return rpc::SetTaskStatusMessage{task.id, "half"};
    return report(task);
}

rpc::Request RandomRequests::worker_request() {
    switch (below(8)) {
        case 0:
            return rpc::AddWorker{worker(), {{"workers", below(4)}}};
        case 1:
            return rpc::AddTaskBatcher{
                worker(), "F0", {"n"}, one_in(2) ? std::optional<std::int64_t>(2) : std::nullopt};
        case 2:
            return one_in(6) ? rpc::Request(rpc::DisableWorker{worker()}) : rpc::Ping{worker()};
        case 3:
            return rpc::SetWorkerProcesses{worker(), below(4)};
        case 4:
            return rpc::UpdateResource{"db", below(5)};
        case 5:
            return one_in(4) ? rpc::Request(rpc::Pause{}) : rpc::Unpause{};
        case 6:
            return rpc::GetWork{.worker = worker(), .current_tasks = std::vector<std::string>{}};
        default:
            return rpc::Prune{};
    }
}

rpc::Request RandomRequests::task_request() {
    const std::string id = task(below(tasks_));
    if (one_in(5)) return rpc::AcknowledgeFailures{.task_id = id};
    switch (below(7)) {
        case 0:
            return rpc::ForgiveFailures{id};
        case 1:
            return rpc::MarkAsDone{id};
        case 2:
            return rpc::ReEnableTask{id};
        case 3:
            return rpc::CancelTask{id};
        case 4:
            return rpc::SetTaskPriority{id, static_cast<double>(below(3))};
        case 5:
            return rpc::RerunTask{id, below(2) == 1};
        default:
            return rpc::SendSchedulerMessage{worker(), id, "hello"};
    }
}

}  // namespace freshet::test
