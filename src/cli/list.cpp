// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/known_task.hpp"
#include "cli/state_path.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace freshet::run {

namespace {

constexpr int no_limit = 1'000'000;  // of one family: more than any state holds

bool has_values(const store::TaskRow& row, const Values& filter) {
    const Json params = Json::parse(row.params);
    return std::ranges::all_of(filter, [&](const auto& value) {
        const Json* given = params.find(value.first);
        return given && given->is_string() && given->as_string() == value.second;
    });
}

/// What the command line gives, in the text form that the state has.
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

std::vector<store::TaskRow> rows_of(const TaskType& type, const Values& filter, store::History& history) {
    auto rows = history.tasks_of_family(type.family, no_limit);
    if (!filter.empty()) std::erase_if(rows, [&](const store::TaskRow& row) { return !has_values(row, filter); });
    return rows;
}

std::string counts_of(const std::vector<store::TaskRow>& rows) {
    std::map<std::string, int> counts;
    for (const auto& row : rows) ++counts[row.status];
    std::vector<std::string> parts;
    for (const auto& [status, count] : counts) parts.push_back(fmt::format("{} {}", count, status));
    return parts.empty() ? "-" : joined(parts, ", ");
}

std::string line_of(const store::TaskRow& row, const Registry& registry) {
    const auto task = task_of(row, registry);
    return fmt::format("  {:13} {}  {}  {}\n", row.status, format_time(row.updated),
                       task ? task->description() : row.family, row.task_id);
}

}  // namespace

ExitStatus list_command(const CommandContext& context) {
    const auto path = state_path(context, example_root(context));
    const auto limit = static_cast<std::size_t>(read_last(context.parsed));
    auto state = open_state_read_only(path);
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    std::ostream& out = context.cli.out;
    if (!context.parsed.operand.empty() && !context.parsed.type) {
        const auto lookup = look_up_task(context, history ? &*history : nullptr);
        if (lookup.row) out << line_of(*lookup.row, context.registry);
        return ExitStatus::complete;
    }
    std::vector<store::TaskRow> rows;
    out << "tasks of each class in '" << path.string() << (history ? "':\n" : "', which does not exist yet:\n");
    for (const TaskType* type : context.registry.types()) {
        if (context.parsed.type && context.parsed.type != type) continue;
        const auto of_type = history ? rows_of(*type, filter_values(context), *history) : std::vector<store::TaskRow>{};
        out << fmt::format("  {:28}{}\n", type->family, counts_of(of_type));
        rows.insert(rows.end(), of_type.begin(), of_type.end());
    }
    if (rows.empty()) return ExitStatus::complete;
    std::ranges::stable_sort(rows, std::greater{}, &store::TaskRow::updated);
    out << "\nlatest first:\n";
    for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i) out << line_of(rows[i], context.registry);
    if (rows.size() > limit) out << fmt::format("  ... and {} more (--last N shows more)\n", rows.size() - limit);
    return ExitStatus::complete;
}

}  // namespace freshet::run
