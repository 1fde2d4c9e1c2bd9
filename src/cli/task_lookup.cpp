// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/task_lookup.hpp"

#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/parameters.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::cli {

namespace {

std::string text_member(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value && value->is_string() ? value->as_string() : "";
}

[[noreturn]] void reject_ambiguous(const std::vector<KnownTask>& tasks, std::string_view operand,
                                   std::string_view command) {
    constexpr std::size_t max_listed = 5;
    std::vector<std::string> ids;
    for (const KnownTask& task : tasks)
        if (ids.size() < max_listed) ids.push_back(printable_line(task.id));
    const auto more = tasks.size() - ids.size();
    throw ParameterError(fmt::format("{}: '{}' may be any of {} tasks: {}{}", command, operand, tasks.size(),
                                     joined(ids, ", "), more > 0 ? fmt::format(" and {} more", more) : ""));
}

std::vector<KnownTask> tasks_with_beginning(std::string_view beginning, SchedulerAccess& scheduler) {
    std::vector<KnownTask> found;
    const Json by_status = scheduler.query(rpc::TaskSearch{.task_str = std::string(beginning)});
    for (const auto& [status, by_id] : by_status.as_object()) {
        auto tasks = known_tasks(by_id);
        std::ranges::copy_if(tasks, std::back_inserter(found),
                             [&](const KnownTask& task) { return task.id.starts_with(beginning); });
    }
    const auto exact = std::ranges::find(found, beginning, &KnownTask::id);
    if (exact != found.end()) return {*exact};
    std::ranges::sort(found, {}, &KnownTask::id);
    return found;
}

/// The search, which is for parts of names, narrows what a large scheduler sends.
std::vector<KnownTask> tasks_of_family(const std::string& family, const Values& values, SchedulerAccess& scheduler) {
    std::string words = family;
    for (const auto& [name, value] : values) words += " " + value;
    const Json answer = scheduler.query(rpc::TaskList{.search = std::move(words), .cursor = 0, .family = family});
    auto tasks = known_tasks(answer);
    std::erase_if(tasks, [&](const KnownTask& task) { return text_member(task.more, "name") != family; });
    keep_with_values(tasks, values);
    return tasks;
}

}  // namespace

std::vector<KnownTask> known_tasks(const Json& by_id) {
    std::vector<KnownTask> tasks;
    for (const auto& [id, task] : by_id.as_object())
        tasks.push_back(
            {.id = id, .name = text_member(task, "display_name"), .status = text_member(task, "status"), .more = task});
    return tasks;
}

store::TaskRow row_of(const KnownTask& task) {
    return {.task_id = task.id,
            .family = text_member(task.more, "name"),
            .params = task.more.at("params").text(),
            .status = task.status,
            .updated = time_from_epoch_seconds(task.more.at("last_updated").as_number()),
            .record = "{}"};
}

void keep_with_values(std::vector<KnownTask>& tasks, const Values& values) {
    std::erase_if(tasks, [&](const KnownTask& task) {
        const Json* params = task.more.find("params");
        return !params || std::ranges::any_of(values, [&](const auto& value) {
            return text_member(*params, value.first) != value.second;
        });
    });
}

std::optional<KnownTask> find_by_id(std::string_view beginning, const CommandContext& context,
                                    SchedulerAccess& scheduler) {
    auto found = tasks_with_beginning(beginning, scheduler);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) reject_ambiguous(found, beginning, context.parsed.command->name);
    return std::move(found.front());
}

std::optional<KnownTask> find_task(const CommandContext& context, SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context.parsed;
    if (context.registry.types().empty()) {
        auto of_family = tasks_of_family(parsed.operand, parsed.parameters, scheduler);
        if (of_family.size() == 1) return std::move(of_family.front());
        if (of_family.size() > 1) reject_ambiguous(of_family, parsed.operand, parsed.command->name);
    }
    if (parsed.type) return find_by_id(named_task(context).id(), context, scheduler);
    return parsed.parameters.empty() ? find_by_id(parsed.operand, context, scheduler) : std::nullopt;
}

KnownTask require_task(const CommandContext& context, SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context.parsed;
    if (parsed.operand.empty()) throw ParameterError(fmt::format("{}: a TASK is required", parsed.command->name));
    if (auto task = find_task(context, scheduler)) return *std::move(task);
    throw ParameterError(fmt::format("{}: {} has no task '{}'{}", parsed.command->name, scheduler.name(),
                                     parsed.operand, parsed.parameters.empty() ? "" : " with these parameters"));
}

}  // namespace freshet::cli
