// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
#include "cli/task_lookup.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"
#include "rpc/requests.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

namespace freshet::cli {

namespace {

constexpr int no_limit = 1'000'000;  // per family: more than any state holds

bool has_values(const store::TaskRow& row, const Values& filter) {
    const Json params = Json::parse(row.params);
    return std::ranges::all_of(filter, [&](const auto& value) {
        const Json* given = params.find(value.first);
        return given && given->is_string() && given->as_string() == value.second;
    });
}

/// The parameters of the command line, in the text form of the state.
Values filter_values(const CommandContext& context) {
    Values filter;
    if (!context.parsed.type || context.parsed.parameters.empty()) return filter;
    const auto task = example_root(context);
    if (!task) return context.parsed.parameters;
    const Values written = task->values();
    for (const auto& [name, text] : context.parsed.parameters) {
        const auto value = written.find(name);
        filter.emplace(name, value == written.end() ? text : value->second);
    }
    return filter;
}

std::vector<store::TaskRow> rows_at(SchedulerAccess& scheduler, std::string_view family) {
    std::vector<store::TaskRow> rows;
    const Json answer = scheduler.query(rpc::TaskList{.cursor = 0, .family = std::string(family)});
    for (const KnownTask& task : known_tasks(answer))
        if (auto row = row_of(task); row.family == family) rows.push_back(std::move(row));
    return rows;
}

/// What a command lists of: a state, or the scheduler in another process.
struct TaskSource {
    StateReader& state;
    SchedulerAccess& scheduler;
};

std::vector<store::TaskRow> rows_of(const TaskType& type, const Values& filter, const TaskSource& source) {
    StateReader& state = source.state;
    const bool is_remote = source.scheduler.is_remote();
    if (!is_remote && !state.history()) return {};
    auto rows =
        is_remote ? rows_at(source.scheduler, type.family) : state.history()->tasks_of_family(type.family, no_limit);
    if (!filter.empty()) std::erase_if(rows, [&](const store::TaskRow& row) { return !has_values(row, filter); });
    for (store::TaskRow& row : rows) {
        if (is_remote || row.status != rpc::text(rpc::Status::running)) continue;
        const auto attempts = state.history()->newest_attempts_of(row.task_id, 1);
        if (!attempts.empty() && state.is_lost(attempts.front())) row.status = lost_status;
    }
    return rows;
}

using Counts = std::map<std::string, int>;

Counts count_by_status(const std::vector<store::TaskRow>& rows) {
    Counts counts;
    for (const auto& row : rows) ++counts[row.status];
    return counts;
}

std::string text_of(const Counts& counts) {
    std::vector<std::string> parts;
    for (const auto& [status, count] : counts) parts.push_back(fmt::format("{} {}", count, status));
    return parts.empty() ? "-" : joined(parts, ", ");
}

std::string line_of(const store::TaskRow& row, const Registry& registry) {
    const auto task = task_of(row, registry);
    return fmt::format("  {:13} {}  {}  {}\n", row.status, scheduler::format_time(row.updated),
                       task ? task->description() : printable_line(row.family), printable_line(row.task_id));
}

Json json_of(const store::TaskRow& row, const Registry& registry) {
    const auto task = task_of(row, registry);
    return Json::Object{{"task_id", row.task_id}, {"task", task ? task->description() : row.family},
                        {"family", row.family},   {"parameters", Json::parse(row.params)},
                        {"status", row.status},   {"updated", rfc3339(row.updated)}};
}

/// The tasks that the state knows, as the command shows them.
struct TaskList {
    std::vector<std::pair<std::string_view, Counts>> families{};
    std::vector<store::TaskRow> latest{};  ///< first
    std::size_t omitted = 0;               ///< tasks beyond the limit
};

TaskList list_tasks(const CommandContext& context, const TaskSource& source, std::size_t limit) {
    TaskList list;
    for (const TaskType* type : context.registry.types()) {
        if (context.parsed.type && context.parsed.type != type) continue;
        const auto of_type = rows_of(*type, filter_values(context), source);
        list.families.emplace_back(type->family, count_by_status(of_type));
        list.latest.insert(list.latest.end(), of_type.begin(), of_type.end());
    }
    for (const TaskType* type : context.registry.ranges()) {
        const auto of_type = rows_of(*type, filter_values(context), source);
        if (of_type.empty() || (context.parsed.type && context.parsed.type != type)) continue;
        list.families.emplace_back(type->family, count_by_status(of_type));
        list.latest.insert(list.latest.end(), of_type.begin(), of_type.end());
    }
    std::ranges::stable_sort(list.latest, std::greater{}, &store::TaskRow::updated);
    list.omitted = list.latest.size() - std::min(limit, list.latest.size());
    list.latest.resize(list.latest.size() - list.omitted);
    return list;
}

void print(const TaskList& list, const TaskSource& source, const CommandContext& context) {
    std::ostream& out = context.cli.out;
    if (source.scheduler.is_remote())
        out << fmt::format("tasks by family at the {}:\n", source.scheduler.name());
    else
        out << fmt::format("tasks by family in '{}'{}:\n", source.state.path().string(),
                           source.state.history() ? "" : ", which does not exist yet");
    for (const auto& [family, counts] : list.families) out << fmt::format("  {:28}{}\n", family, text_of(counts));
    if (list.latest.empty()) return;
    out << "\nlatest first:\n";
    for (const auto& row : list.latest) out << line_of(row, context.registry);
    if (list.omitted > 0) out << fmt::format("  ... and {} more (--last N shows more)\n", list.omitted);
}

Json json_of(const TaskList& list, const SchedulerAccess& scheduler, const Registry& registry) {
    Json::Object families;
    for (const auto& [family, counts] : list.families) {
        Json::Object by_status;
        for (const auto& [status, count] : counts) by_status.emplace_back(status, count);
        families.emplace_back(family, std::move(by_status));
    }
    Json::Array tasks;
    for (const auto& row : list.latest) tasks.push_back(json_of(row, registry));
    return Json::Object{scheduler.is_remote() ? Json::Member{"scheduler", scheduler.name()}
                                              : Json::Member{"state", scheduler.state().string()},
                        {"families", std::move(families)},
                        {"tasks", std::move(tasks)},
                        {"omitted", list.omitted}};
}

/// The list of one task; empty when nobody knows it.
TaskList list_of(const TaskLookup& lookup) {
    TaskList list;
    if (lookup.row) list.latest.push_back(*lookup.row);
    return list;
}

}  // namespace

ExitStatus list_command(const CommandContext& context) {
    const auto limit = static_cast<std::size_t>(read_last(context.parsed));
    StateReader state(context);
    SchedulerAccess scheduler(context);
    const TaskSource source{state, scheduler};
    const bool is_of_task = !context.parsed.operand.empty() && !context.parsed.type;
    const TaskList list = is_of_task ? list_of(state.look_up_task(scheduler)) : list_tasks(context, source, limit);
    if (context.parsed.has("json"))
        context.cli.out << json_of(list, scheduler, context.registry).pretty();
    else if (!is_of_task)
        print(list, source, context);
    else if (!list.latest.empty())
        context.cli.out << line_of(list.latest.front(), context.registry);
    return ExitStatus::success;
}

}  // namespace freshet::cli
