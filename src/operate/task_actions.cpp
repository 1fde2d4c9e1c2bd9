// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/task_lookup.hpp"
#include "operate/commands.hpp"
#include "rpc/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::operate {

namespace {

using cli::CommandContext;
using cli::KnownTask;
using cli::SchedulerAccess;

/// A change of a task in some of its states.
struct TaskAction {
    bool (*applies)(const KnownTask& task);
    std::string_view condition;  ///< "only a RUNNING task can be cancelled"
    std::vector<rpc::Request> (*requests)(const KnownTask& task);
};

bool is_in(const KnownTask& task, std::initializer_list<std::string_view> statuses) {
    return std::ranges::find(statuses, task.status) != statuses.end();
}

/// False for a task that a worker disabled itself.
bool can_be_re_enabled(const KnownTask& task) {
    const Json* re_enable_able = task.more.find("re_enable_able");
    return task.status == "DISABLED" && re_enable_able && *re_enable_able == Json(true);
}

std::vector<rpc::Request> forgiving(const KnownTask& task) {
    return {rpc::ForgiveFailures{.task_id = task.id, .principal = cli::operator_name()}};
}

/// A task that is enabled again is FAILED, as with Luigi.
std::vector<rpc::Request> retrying(const KnownTask& task) {
    std::vector<rpc::Request> requests = forgiving(task);
    if (task.status == "DISABLED")
        requests.insert(requests.begin(), rpc::ReEnableTask{.task_id = task.id, .principal = cli::operator_name()});
    return requests;
}

constexpr TaskAction retry{[](const KnownTask& task) { return task.status == "FAILED" || can_be_re_enabled(task); },
                           "only a task that is FAILED, or DISABLED by the scheduler, can be retried", retrying};
constexpr TaskAction forgive{[](const KnownTask& task) { return task.status == "FAILED"; },
                             "only the failures of a FAILED task can be forgiven", forgiving};
constexpr TaskAction mark_as_done{
    [](const KnownTask& task) {
        return is_in(task, {"RUNNING", "FAILED", "DISABLED"});
    },
    "only a RUNNING, FAILED or DISABLED task can be marked as done",
    [](const KnownTask& task) {
        return std::vector<rpc::Request>{rpc::MarkAsDone{.task_id = task.id, .principal = cli::operator_name()}};
    }};
constexpr TaskAction cancel{
    [](const KnownTask& task) { return task.status == "RUNNING"; }, "only a RUNNING task can be cancelled",
    [](const KnownTask& task) {
        return std::vector<rpc::Request>{rpc::CancelTask{.task_id = task.id, .principal = cli::operator_name()}};
    }};

ExitStatus refuse(const CommandContext& context, const std::string& reason) {
    context.cli.err << printable_line(
                           fmt::format("{}: {}: {}", context.program.name, context.parsed.command->name, reason))
                    << '\n';
    return ExitStatus::task_failed;
}

ExitStatus change_task(const CommandContext& context, const TaskAction& action) {
    SchedulerAccess scheduler(context);
    const KnownTask task = cli::require_task(context, scheduler);
    if (!action.applies(task))
        return refuse(context, fmt::format("{} is {}: {}", task.name, task.status, action.condition));
    for (const rpc::Request& request : action.requests(task)) scheduler.change(request);
    const auto changed = cli::find_by_id(task.id, context, scheduler);
    const std::string status = changed ? changed->status : "";
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"task_id", task.id}, {"task", task.name}, {"status", status}}).pretty();
    else
        context.cli.out << printable_line(fmt::format("{} is {} now", task.name, status.empty() ? "forgotten" : status))
                        << '\n';
    return ExitStatus::success;
}

/// The failures that the command line names: those of a task or of a family.
rpc::AcknowledgeFailures named_failures(const CommandContext& context, SchedulerAccess& scheduler) {
    rpc::AcknowledgeFailures request{.principal = cli::operator_name()};
    if (const auto family = context.parsed.option("family"))
        request.family = *family;
    else
        request.task_id = cli::require_task(context, scheduler).id;
    return request;
}

ExitStatus set_paused(const CommandContext& context, bool paused) {
    SchedulerAccess scheduler(context);
    if (scheduler.query(rpc::IsPauseEnabled{}).at("enabled") != Json(true))
        return refuse(context, fmt::format("{} is configured not to be paused", scheduler.name()));
    scheduler.change(paused ? rpc::Request(rpc::Pause{}) : rpc::Request(rpc::Unpause{}));
    if (context.parsed.has("json"))
        context.cli.out << Json(Json::Object{{"paused", paused}}).pretty();
    else
        context.cli.out << fmt::format("{} {}\n", scheduler.name(),
                                       paused ? "starts no task until 'unpause'" : "starts tasks again");
    return ExitStatus::success;
}

}  // namespace

ExitStatus retry_command(const CommandContext& context) { return change_task(context, retry); }
ExitStatus forgive_command(const CommandContext& context) { return change_task(context, forgive); }
ExitStatus done_command(const CommandContext& context) { return change_task(context, mark_as_done); }
ExitStatus cancel_command(const CommandContext& context) { return change_task(context, cancel); }
ExitStatus pause_command(const CommandContext& context) { return set_paused(context, true); }
ExitStatus unpause_command(const CommandContext& context) { return set_paused(context, false); }

ExitStatus rerun_command(const CommandContext& context) {
    SchedulerAccess scheduler(context);
    const KnownTask task = cli::require_task(context, scheduler);
    if (task.status != "DONE")
        return refuse(context, fmt::format("{} is {}: only a DONE task can run again", task.name, task.status));
    const Json answer = scheduler.change(rpc::RerunTask{
        .task_id = task.id, .downstream = context.parsed.has("downstream"), .principal = cli::operator_name()});
    if (answer.at("worker").is_null())
        return refuse(context,
                      fmt::format("no worker that could run {} again is connected: its program does, with 'run "
                                  "TASK --rerun {}'",
                                  task.name, task.id));
    if (context.parsed.has("json"))
        context.cli.out << answer.pretty();
    else
        context.cli.out << printable_line(
                               fmt::format("{} is asked to run {} again{}", answer.at("worker").as_string(), task.name,
                                           answer.at("tasks") == Json(1)
                                               ? ""
                                               : fmt::format(", {} tasks in all", answer.at("tasks").as_integer())))
                        << '\n';
    return ExitStatus::success;
}

ExitStatus acknowledge_command(const CommandContext& context) {
    SchedulerAccess scheduler(context);
    const Json answer = scheduler.change(named_failures(context, scheduler));
    const std::int64_t count = answer.at("acknowledged").as_integer();
    if (context.parsed.has("json"))
        context.cli.out << answer.pretty();
    else
        context.cli.out << fmt::format("{} {} no attention any more\n", count,
                                       count == 1 ? "failure needs" : "failures need");
    return ExitStatus::success;
}

}  // namespace freshet::operate
