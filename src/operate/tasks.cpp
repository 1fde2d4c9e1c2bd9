// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "cli/run_config.hpp"
#include "cli/task_lookup.hpp"
#include "freshet/text.hpp"
#include "operate/commands.hpp"
#include "operate/text_table.hpp"
#include "rpc/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>
#include <vector>

namespace freshet::operate {

namespace {

using cli::CommandContext;
using cli::KnownTask;
using cli::SchedulerAccess;

/// The request for the tasks of the command line. Values of parameters are searched for in the names of tasks.
rpc::TaskList list_request(const CommandContext& context, std::size_t limit) {
    const cli::ParsedCommand& parsed = context.parsed;
    std::string search = parsed.option("search").value_or("");
    for (const auto& [name, value] : parsed.parameters) search += " " + value;
    const auto status = read_status(parsed);
    rpc::TaskList request{.status = status ? std::string(rpc::text(*status)) : "",
                          .search = std::move(search),
                          .cursor = 0,
                          .family = parsed.operand,
                          .worker = parsed.option("worker").value_or(""),
                          .error = parsed.option("error").value_or("")};
    // One more than is shown tells whether there are more.
    if (parsed.parameters.empty()) request.max_shown_tasks = static_cast<std::int64_t>(limit) + 1;
    return request;
}

Json member(const KnownTask& task, std::string_view name) {
    const Json* value = task.more.find(name);
    return value ? *value : Json();
}

Json json_of(const KnownTask& task) {
    return Json::Object{{"task_id", task.id},
                        {"task", task.name},
                        {"family", member(task, "name")},
                        {"parameters", member(task, "params")},
                        {"status", task.status},
                        {"updated", rfc3339(time_from_epoch_seconds(member(task, "last_updated").as_number()))},
                        {"worker", member(task, "worker_running")},
                        {"priority", member(task, "priority")},
                        {"status_message", member(task, "status_message")},
                        {"progress_percentage", member(task, "progress_percentage")}};
}

/// Says that there is no task, or which there is none of: "no task is RUNNING now".
std::string describe_nothing(const cli::ParsedCommand& parsed) {
    const auto status = read_status(parsed);
    const bool is_filtered = parsed.has("search") || parsed.has("error") || parsed.has("worker");
    const std::string family = parsed.operand.empty() ? "" : " of " + parsed.operand;
    const std::string filters = is_filtered || !parsed.parameters.empty() ? " that was asked for" : "";
    return fmt::format("no task{}{} {}", family, filters,
                       status ? fmt::format("is {} now", rpc::text(*status)) : "is there");
}

void print_tasks(const std::vector<KnownTask>& tasks, bool has_more, const std::string& nothing_found,
                 std::ostream& out) {
    std::vector<std::vector<std::string>> rows;
    for (const KnownTask& task : tasks)
        rows.push_back({task.status, time_text(member(task, "last_updated")), task.name, task.id});
    out << text_table(rows);
    if (tasks.empty()) out << nothing_found << '\n';
    if (has_more) out << "... and more (--limit N shows more)\n";
}

}  // namespace

std::optional<rpc::Status> read_status(const cli::ParsedCommand& parsed) {
    const auto given = parsed.option("status");
    if (!given) return std::nullopt;
    std::string status = *given;
    std::ranges::transform(status, status.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (const auto found = rpc::status_from(status)) return found;
    throw ParameterError(
        fmt::format("--status: '{}' is no state of a task{}", *given,
                    suggestion(status, std::vector<std::string>(rpc::status_texts.begin(), rpc::status_texts.end()))));
}

ExitStatus tasks_command(const CommandContext& context) {
    const std::size_t limit = static_cast<std::size_t>(cli::read_limit(context.parsed));
    SchedulerAccess scheduler(context);
    auto tasks = cli::known_tasks(scheduler.query(list_request(context, limit)));
    cli::keep_with_values(tasks, context.parsed.parameters);
    if (tasks.empty()) cli::check_parameters(context, scheduler);
    const bool has_more = tasks.size() > limit;
    if (has_more) tasks.resize(limit);
    if (context.parsed.has("json")) {
        Json::Array list;
        for (const KnownTask& task : tasks) list.push_back(json_of(task));
        context.cli.out << Json(Json::Object{{"tasks", std::move(list)}, {"more", has_more}}).pretty();
    } else {
        print_tasks(tasks, has_more, describe_nothing(context.parsed), context.cli.out);
    }
    return ExitStatus::success;
}

}  // namespace freshet::operate
