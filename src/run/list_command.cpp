// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/known_task.hpp"
#include "run/state_place.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

namespace freshet::run {

namespace {

constexpr int all = 1'000'000;  // of one family: more than any state holds

bool has_values(const store::TaskRow& row, const Values& wanted) {
    const Json params = Json::parse(row.params);
    return std::ranges::all_of(wanted, [&](const auto& value) {
        const Json* given = params.find(value.first);
        return given && given->is_string() && given->as_string() == value.second;
    });
}

/// What the command line gives, in the text form that the state has.
Values wanted_values(const Call& call) {
    Values wanted;
    if (!call.invocation.type || call.invocation.parameters.empty()) return wanted;
    const auto task = likely_root(call);
    if (!task) return call.invocation.parameters;
    const Values written = task->values();
    for (const auto& [name, text] : call.invocation.parameters) {
        const auto value = written.find(name);
        wanted.emplace(name, value == written.end() ? text : value->second);
    }
    return wanted;
}

std::vector<store::TaskRow> rows_of(const TaskType& type, const Values& wanted, store::History& history) {
    auto rows = history.tasks_of_family(type.family, all);
    if (!wanted.empty()) std::erase_if(rows, [&](const store::TaskRow& row) { return !has_values(row, wanted); });
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
    return fmt::format("  {:13} {}  {}  {}\n", row.status, instant(row.updated),
                       task ? task->description() : row.family, row.task_id);
}

}  // namespace

Status list_command(const Call& call) {
    const auto place = state_place(call, likely_root(call));
    const auto most = static_cast<std::size_t>(read_last(call.invocation));
    auto state = read_state(place);
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    std::ostream& out = call.world.out;
    if (!call.invocation.subject.empty() && !call.invocation.type) {
        const auto known = known_task(call, history ? &*history : nullptr);
        if (known.row) out << line_of(*known.row, call.registry);
        return Status::complete;
    }
    std::vector<store::TaskRow> rows;
    out << "tasks of each class in '" << place.string() << (history ? "':\n" : "', which does not exist yet:\n");
    for (const TaskType* type : call.registry.types()) {
        if (call.invocation.type && call.invocation.type != type) continue;
        const auto of_type = history ? rows_of(*type, wanted_values(call), *history) : std::vector<store::TaskRow>{};
        out << fmt::format("  {:28}{}\n", type->family, counts_of(of_type));
        rows.insert(rows.end(), of_type.begin(), of_type.end());
    }
    if (rows.empty()) return Status::complete;
    std::ranges::stable_sort(rows, std::greater{}, &store::TaskRow::updated);
    out << "\nlatest first:\n";
    for (std::size_t i = 0; i < std::min(most, rows.size()); ++i) out << line_of(rows[i], call.registry);
    if (rows.size() > most) out << fmt::format("  ... and {} more (--last N shows more)\n", rows.size() - most);
    return Status::complete;
}

}  // namespace freshet::run
