// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/run_config.hpp"
#include "cli/state_reader.hpp"
#include "freshet/text.hpp"
#include "rpc/requests.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

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

std::vector<store::TaskRow> rows_of(const TaskType& type, const Values& filter, StateReader& state) {
    if (!state.history()) return {};
    auto rows = state.history()->tasks_of_family(type.family, no_limit);
    if (!filter.empty()) std::erase_if(rows, [&](const store::TaskRow& row) { return !has_values(row, filter); });
    for (store::TaskRow& row : rows) {
        if (row.status != rpc::text(rpc::Status::running)) continue;
        const auto attempts = state.history()->newest_attempts_of(row.task_id, 1);
        if (!attempts.empty() && state.is_lost(attempts.front())) row.status = lost_status;
    }
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
    return fmt::format("  {:13} {}  {}  {}\n", row.status, scheduler::format_time(row.updated),
                       task ? task->description() : printable_line(row.family), printable_line(row.task_id));
}

}  // namespace

ExitStatus list_command(const CommandContext& context) {
    const auto limit = static_cast<std::size_t>(read_last(context.parsed));
    StateReader state(context);
    std::ostream& out = context.cli.out;
    if (!context.parsed.operand.empty() && !context.parsed.type) {
        const auto lookup = state.look_up_task();
        if (lookup.row) out << line_of(*lookup.row, context.registry);
        return ExitStatus::success;
    }
    std::vector<store::TaskRow> rows;
    out << fmt::format("tasks by family in '{}'{}:\n", state.path().string(),
                       state.history() ? "" : ", which does not exist yet");
    for (const TaskType* type : context.registry.types()) {
        if (context.parsed.type && context.parsed.type != type) continue;
        const auto of_type = rows_of(*type, filter_values(context), state);
        out << fmt::format("  {:28}{}\n", type->family, counts_of(of_type));
        rows.insert(rows.end(), of_type.begin(), of_type.end());
    }
    if (rows.empty()) return ExitStatus::success;
    std::ranges::stable_sort(rows, std::greater{}, &store::TaskRow::updated);
    out << "\nlatest first:\n";
    for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i) out << line_of(rows[i], context.registry);
    if (rows.size() > limit) out << fmt::format("  ... and {} more (--last N shows more)\n", rows.size() - limit);
    return ExitStatus::success;
}

}  // namespace freshet::cli
