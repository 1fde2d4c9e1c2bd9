// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/known_task.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

/// Ids end in ten digits of a hash; what does not is rather a mistyped family.
bool looks_like_id(std::string_view text) {
    constexpr std::size_t digits = 10;
    return text.size() > digits && text[text.size() - digits - 1] == '_' &&
           text.find_first_not_of("0123456789abcdef", text.size() - digits) == text.npos;
}

}  // namespace

TaskLookup look_up_task(const CommandContext& context, store::History* history) {
    const std::string& operand = context.parsed.operand;
    if (context.parsed.type || !looks_like_id(operand)) {
        const AnyTask task = named_task(context);
        return {task.id(), task, history ? history->task(task.id()) : std::nullopt};
    }
    TaskLookup lookup{.id = operand};
    if (history) lookup.row = history->task(operand);
    if (lookup.row)
        lookup.task = task_of(*lookup.row, context.registry);
    else if (!history || history->attempts_of(operand).empty())
        throw ParameterError(fmt::format("{}: the state knows no task '{}'", context.parsed.command->name, operand));
    return lookup;
}

std::optional<AnyTask> task_of(const store::TaskRow& row, const Registry& registry) {
    try {
        Values values;
        const Json params = Json::parse(row.params);
        for (const auto& [name, value] : params.as_object()) values.emplace(name, value.as_string());
        return registry.make(row.family, values);
    } catch (const Error&) {
        return std::nullopt;  // of another program, or of another version of this one
    }
}

}  // namespace freshet::run
