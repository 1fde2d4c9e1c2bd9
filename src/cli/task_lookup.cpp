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

/// The values of the parameters that not all of the tasks have alike, as options: "--lead 3".
std::string telling_options(const KnownTask& task, const std::vector<KnownTask>& tasks) {
    std::string options;
    const Json* params = task.more.find("params");
    if (!params) return options;
    for (const auto& [name, value] : params->as_object()) {
        const bool tells = std::ranges::any_of(tasks, [&, &name = name, &value = value](const KnownTask& other) {
            const Json* others = other.more.find("params");
            return !others || text_member(*others, name) != value.as_string();
        });
        if (tells)
            options +=
                fmt::format("{}--{} {}", options.empty() ? "" : " ", dashed(name), shell_word(value.as_string()));
    }
    return options;
}

[[noreturn]] void reject_ambiguous(const std::vector<KnownTask>& tasks, std::string_view operand,
                                   std::string_view command) {
    constexpr std::size_t max_listed = 5;
    std::vector<std::string> names;
    for (const KnownTask& task : tasks) {
        if (names.size() == max_listed) break;
        const std::string options = telling_options(task, tasks);
        names.push_back(printable_line(options.empty() ? task.id : fmt::format("{} ({})", options, task.id)));
    }
    const auto more = tasks.size() - names.size();
    throw ParameterError(fmt::format("{}: '{}' may be any of {} tasks: {}{}", command, operand, tasks.size(),
                                     joined(names, ", "), more > 0 ? fmt::format(" and {} more", more) : ""));
}

std::optional<KnownTask> the_only(std::vector<KnownTask> tasks, std::string_view operand,
                                  const CommandContext& context) {
    if (tasks.empty()) return std::nullopt;
    if (tasks.size() > 1) reject_ambiguous(tasks, operand, context.parsed.command->name);
    return std::move(tasks.front());
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
std::vector<KnownTask> tasks_with_words(const std::string& family, std::string words, SchedulerAccess& scheduler,
                                        std::optional<std::int64_t> limit = std::nullopt) {
    rpc::TaskList request{.search = std::move(words), .cursor = 0, .family = family};
    if (limit) request.max_shown_tasks = *limit;
    auto tasks = known_tasks(scheduler.query(request));
    std::erase_if(tasks, [&](const KnownTask& task) { return text_member(task.more, "name") != family; });
    return tasks;
}

/// The names of the parameters of the family, as some of its tasks have them.
std::vector<std::string> parameters_of(const std::string& family, SchedulerAccess& scheduler) {
    constexpr std::int64_t enough = 5;
    std::vector<std::string> names;
    for (const KnownTask& task : tasks_with_words(family, family, scheduler, enough))
        if (const Json* params = task.more.find("params"))
            for (const auto& [name, value] : params->as_object())
                if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

std::vector<KnownTask> tasks_of_family(const CommandContext& context, SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context.parsed;
    std::string words = parsed.operand;
    for (const auto& [name, value] : parsed.parameters) words += " " + value;
    auto tasks = tasks_with_words(parsed.operand, std::move(words), scheduler);
    keep_with_values(tasks, parsed.parameters);
    if (tasks.empty()) check_parameters(context, scheduler);
    return tasks;
}

/// Those that pages, messages and lists call so: "Report(day=2026-08-21)".
std::vector<KnownTask> tasks_called(const std::string& name, SchedulerAccess& scheduler) {
    std::string words = name;
    std::ranges::replace_if(
        words, [](char c) { return c == '(' || c == ',' || c == ')'; }, ' ');
    auto tasks = tasks_with_words(name.substr(0, name.find('(')), std::move(words), scheduler);
    std::erase_if(tasks, [&](const KnownTask& task) { return task.name != name; });
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

void check_parameters(const CommandContext& context, SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context.parsed;
    if (!context.registry.types().empty() || parsed.parameters.empty()) return;
    const auto known = parameters_of(parsed.operand, scheduler);
    if (known.empty()) return;
    for (const auto& [name, value] : parsed.parameters)
        if (std::ranges::find(known, name) == known.end())
            throw ParameterError(fmt::format("{}: {} has no parameter '{}'{}", parsed.command->name, parsed.operand,
                                             name, suggestion(name, known)));
}

std::optional<KnownTask> find_by_id(std::string_view beginning, const CommandContext& context,
                                    SchedulerAccess& scheduler) {
    return the_only(tasks_with_beginning(beginning, scheduler), beginning, context);
}

std::optional<KnownTask> find_task(const CommandContext& context, SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context.parsed;
    if (parsed.parameters.empty() && parsed.operand.ends_with(')'))
        if (auto called = the_only(tasks_called(parsed.operand, scheduler), parsed.operand, context)) return called;
    if (context.registry.types().empty())
        if (auto of_family = the_only(tasks_of_family(context, scheduler), parsed.operand, context)) return of_family;
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
