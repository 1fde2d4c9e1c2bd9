// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/state_reader.hpp"

#include "base/url_encoding.hpp"
#include "cli/parameters.hpp"
#include "cli/run_config.hpp"
#include "cli/task_lookup.hpp"
#include "freshet/json.hpp"
#include "freshet/range.hpp"

#include <fmt/format.h>

namespace freshet::cli {

namespace {

std::optional<AnyTask> task_with_examples(const TaskType& type, const CommandContext& context) {
    std::vector<ResolvedValue> values = parameter_values(type, context);
    for (ResolvedValue& value : values)
        if (!value.text) value.text = value.parameter->example;
    try {
        return make_task(context.registry, type, values);
    } catch (const ParameterError&) {
        return std::nullopt;
    }
}

/// Returns whether a task id begins with the family's name.
bool is_of_family(std::string_view id, const TaskType& type) {
    return id.starts_with(type.family) && id.substr(type.family.size()).starts_with('_');
}

/// Returns whether the text ends like a task id, in ten digits of a hash; other text is a mistyped family.
bool looks_like_id(std::string_view text) {
    constexpr std::size_t digits = 10;
    return text.size() > digits && text[text.size() - digits - 1] == '_' &&
           text.find_first_not_of("0123456789abcdef", text.size() - digits) == text.npos;
}

/// Returns whether a freshetd has attempts at a task that it removed.
bool is_recorded_at(const SchedulerAccess& scheduler, const std::string& task_id) {
    return scheduler.is_remote() && scheduler.has_view("/task/" + percent_encoded(task_id));
}

}  // namespace

std::filesystem::path xdg_state_path(const Environment& environment, const std::string& name, std::string_view option) {
    const auto folder = [&](const char* variable) -> std::filesystem::path {
        const auto found = environment.find(variable);
        return found == environment.end() ? "" : found->second;
    };
    if (const auto state = folder("XDG_STATE_HOME"); !state.empty()) return state / "freshet" / name;
    if (const auto home = folder("HOME"); !home.empty()) return home / ".local/state/freshet" / name;
    throw ConfigError(
        fmt::format("no default path for '{}': neither XDG_STATE_HOME nor HOME is set; use {}", name, option));
}

std::filesystem::path state_path(const CommandContext& context, const std::optional<AnyTask>& root) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    if (config.state) return *config.state;
    if (root && context.program.default_state) return context.program.default_state(*root);
    return xdg_state_path(context.cli.environment, context.program.name + ".sqlite", "--state FILE");
}

std::optional<AnyTask> example_root(const CommandContext& context) {
    if (context.parsed.type && detail::is_range(*context.parsed.type) && context.parsed.parameters.contains("of"))
        return root_for_program(context.registry, named_task(context));
    if (context.parsed.type) return task_with_examples(*context.parsed.type, context);
    for (const TaskType* type : context.registry.types())
        if (is_of_family(context.parsed.operand, *type))
            if (auto task = task_with_examples(*type, context)) return task;
    for (const TaskType* type : context.registry.types())
        if (auto task = task_with_examples(*type, context)) return task;
    return std::nullopt;
}

StateReader::StateReader(const CommandContext& context)
    : context_(context),
      path_(state_path(context, example_root(context))),
      is_in_use_(std::filesystem::exists(path_) && store::is_in_use(path_)) {
    if (!std::filesystem::exists(path_)) return;
    state_.emplace(store::StateFile::open_read_only(path_));
    history_.emplace(*state_);
}

bool StateReader::is_own() {
    const auto runs = history_ ? history_->runs(1) : std::vector<store::RunRow>{};
    return runs.empty() || runs.front().program == context_.program.name;
}

bool StateReader::is_lost(const store::AttemptRow& attempt) {
    if (attempt.ended || !history_) return false;
    const auto run = history_->run(attempt.run_id);
    // The workers of a freshetd are processes of their own, which live on without it.
    return run && is_lost(*run) && attempt.worker.find(fmt::format("host={},", run->host)) != attempt.worker.npos &&
           attempt.worker.ends_with(fmt::format("pid={})", run->pid));
}

/// Returns whether the state knows the task, if only from its attempts.
bool StateReader::has_recorded(const std::string& task_id) {
    return history_ && (history_->task(task_id) || !history_->newest_attempts_of(task_id, 1).empty());
}

TaskLookup StateReader::look_up_task(SchedulerAccess& scheduler) {
    const ParsedCommand& parsed = context_.parsed;
    if (parsed.type) {
        const AnyTask task = named_task(context_);
        return {.id = task.id(), .task = task, .row = history_ ? history_->task(task.id()) : std::nullopt};
    }
    TaskLookup lookup{.id = parsed.operand};
    if (!has_recorded(lookup.id)) {
        const bool can_ask = scheduler.is_remote() || history_;
        const bool is_family = !context_.registry.types().empty() && !looks_like_id(parsed.operand);
        const auto known = can_ask ? find_task(context_, scheduler) : std::nullopt;
        if (!known && parsed.parameters.empty() && is_recorded_at(scheduler, lookup.id)) return lookup;
        if (!known && is_family) context_.registry.find(parsed.operand);  // throws, with the nearest name
        if (!known)
            throw ParameterError(fmt::format("{}: no task '{}'{} in the {}", parsed.command->name, lookup.id,
                                             parsed.parameters.empty() ? "" : " with these parameters",
                                             scheduler.is_remote() ? scheduler.name() : "state"));
        lookup = {.id = known->id, .row = row_of(*known), .known_name = known->name};
    }
    if (history_)
        if (auto recorded = history_->task(lookup.id)) lookup.row = std::move(recorded);
    if (lookup.row) lookup.task = task_of(*lookup.row, context_.registry);
    return lookup;
}

std::optional<AnyTask> task_of(const store::TaskRow& row, const Registry& registry) {
    try {
        Values values;
        const Json params = Json::parse(row.params);
        for (const auto& [name, value] : params.as_object()) values.emplace(name, value.as_string());
        return registry.make(row.family, values);
    } catch (const Error&) {
        return std::nullopt;  // another program's, or another version's
    }
}

}  // namespace freshet::cli
