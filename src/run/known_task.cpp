// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/known_task.hpp"

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

KnownTask known_task(const Call& call, store::History* history) {
    const std::string& subject = call.invocation.subject;
    if (call.invocation.type || !looks_like_id(subject)) {
        const AnyTask task = named_task(call);
        return {task.id(), task, history ? history->task(task.id()) : std::nullopt};
    }
    KnownTask known{.id = subject};
    if (history) known.row = history->task(subject);
    if (known.row)
        known.task = task_of(*known.row, call.registry);
    else if (!history || history->attempts_of(subject).empty())
        throw ParameterError(fmt::format("{}: the state knows no task '{}'", call.invocation.command->name, subject));
    return known;
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
