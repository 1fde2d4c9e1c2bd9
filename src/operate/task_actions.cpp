// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/task_lookup.hpp"
#include "operate/commands.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

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

/// Retries by Luigi's calls: a task that is enabled again is FAILED.
std::vector<rpc::Request> retrying_at_luigid(const KnownTask& task) {
    std::vector<rpc::Request> requests = {rpc::ForgiveFailures{.task_id = task.id, .principal = cli::operator_name()}};
    if (task.status == "DISABLED")
        requests.insert(requests.begin(), rpc::ReEnableTask{.task_id = task.id, .principal = cli::operator_name()});
    return requests;
}

std::vector<rpc::Request> retrying(const KnownTask& task) {
    return {rpc::RetryTasks{.task_id = task.id, .principal = cli::operator_name()}};
}

bool can_be_retried(const KnownTask& task) { return task.status == "FAILED" || can_be_re_enabled(task); }

constexpr std::string_view retry_condition = "only a task that is FAILED, or DISABLED by the scheduler, can be retried";
constexpr TaskAction retry{can_be_retried, retry_condition, retrying};
constexpr TaskAction retry_at_luigid{can_be_retried, retry_condition, retrying_at_luigid};
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

ExitStatus change_task(const CommandContext& context, SchedulerAccess& scheduler, const TaskAction& action) {
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

ExitStatus change_task(const CommandContext& context, const TaskAction& action) {
    SchedulerAccess scheduler(context);
    return change_task(context, scheduler, action);
}

/// Refuses a family of which the scheduler has no task: it is misspelt, or the id of a task.
void check_family(std::string_view option, const std::string& family, SchedulerAccess& scheduler) {
    bool is_known = false, is_task = false;
    const Json by_status = scheduler.query(rpc::TaskSearch{.task_str = family});
    for (const auto& [status, by_id] : by_status.as_object())
        for (const KnownTask& task : cli::known_tasks(by_id)) {
            is_known = is_known || task.more.at("name") == Json(family);
            is_task = is_task || task.id == family;
        }
    if (is_known) return;
    if (is_task) throw ParameterError(fmt::format("{}: a FAMILY is required, and '{}' is a task", option, family));
    throw ParameterError(fmt::format("{}: {} has no task of family '{}'", option, scheduler.name(), family));
}

/// The tasks of a family that the command line selects for a retry.
rpc::RetryTasks selected_tasks(const CommandContext& context) {
    const cli::ParsedCommand& parsed = context.parsed;
    rpc::RetryTasks request{.family = parsed.option("family").value_or(parsed.operand),
                            .error = parsed.option("error").value_or(""),
                            .dry_run = parsed.has("dry-run"),
                            .principal = cli::operator_name()};
    if (parsed.has("family") && !parsed.operand.empty())
        throw ParameterError("retry: either --family FAMILY, or FAMILY [--parameter value ...] --all");
    if (request.family->empty()) throw ParameterError("retry --all: a FAMILY is required");
    if (const auto status = read_status(parsed)) request.status = *status;
    request.params.assign(parsed.parameters.begin(), parsed.parameters.end());
    return request;
}

ExitStatus retry_many(const CommandContext& context, SchedulerAccess& scheduler) {
    constexpr std::size_t max_listed = 20;
    const rpc::RetryTasks request = selected_tasks(context);
    if (!scheduler.has_extension(rpc::extension_names::retry_tasks))
        return refuse(context, fmt::format("{} retries only one task at a time", scheduler.name()));
    const Json answer = scheduler.change(request);
    if (answer.at("retried") == Json(0)) {
        cli::check_parameters(context, scheduler);
        check_family("retry --all", *request.family, scheduler);
    }
    if (context.parsed.has("json")) {
        context.cli.out << answer.pretty();
        return ExitStatus::success;
    }
    const auto count = answer.at("retried").as_integer();
    const auto& ids = answer.at("task_ids").as_array();
    std::string text = fmt::format("{} {} of {} {}\n", count, count == 1 ? "task" : "tasks", *request.family,
                                   request.dry_run ? "would be retried"
                                   : count == 1    ? "is PENDING now"
                                                   : "are PENDING now");
    for (std::size_t i = 0; i < std::min(ids.size(), max_listed); ++i)
        text += "  " + printable_line(ids[i].as_string()) + '\n';
    if (count > static_cast<std::int64_t>(max_listed))
        text += fmt::format("  and {} more\n", count - static_cast<std::int64_t>(max_listed));
    context.cli.out << text;
    return ExitStatus::success;
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

ExitStatus retry_command(const CommandContext& context) {
    SchedulerAccess scheduler(context);
    if (context.parsed.has("family") || context.parsed.has("all")) return retry_many(context, scheduler);
    for (const std::string_view option : {"status", "error", "dry-run"})
        if (context.parsed.has(option))
            throw ParameterError(fmt::format("retry: --{} is for many tasks: --family or --all is required", option));
    const bool is_freshetd = scheduler.has_extension(rpc::extension_names::retry_tasks);
    return change_task(context, scheduler, is_freshetd ? retry : retry_at_luigid);
}
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
                      fmt::format("no worker that could run {} again is connected: its program does, with `run "
                                  "TASK --rerun {}`",
                                  task.name, shell_word(task.id)));
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
    rpc::AcknowledgeFailures failures{.principal = cli::operator_name()};
    failures.family = context.parsed.option("family");
    const auto task = failures.family ? std::nullopt : std::optional(cli::require_task(context, scheduler));
    if (task) failures.task_id = task->id;
    const Json answer = scheduler.change(failures);
    const std::int64_t count = answer.at("acknowledged").as_integer();
    if (count == 0 && failures.family) check_family("acknowledge --family", *failures.family, scheduler);
    if (count == 0 && task && task->status != "FAILED" && task->status != "DISABLED")
        return refuse(context, fmt::format("{} is {}: it has no failure", task->name, task->status));
    if (context.parsed.has("json"))
        context.cli.out << answer.pretty();
    else
        context.cli.out << fmt::format("{} {} no attention any more\n", count,
                                       count == 1 ? "failure needs" : "failures need");
    return ExitStatus::success;
}

}  // namespace freshet::operate
