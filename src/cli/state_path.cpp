// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/state_path.hpp"

#include "cli/configuration_error.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

std::optional<AnyTask> task_with_examples(const TaskType& type, const CommandContext& context) {
    std::vector<ResolvedValue> values = parameter_values(type, context);
    for (ResolvedValue& value : values)
        if (!value.text) value.text = value.parameter->example;
    try {
        return make_task(type, values);
    } catch (const ParameterError&) {
        return std::nullopt;
    }
}

/// The family of an id is what its name begins with.
bool is_of_family(std::string_view id, const TaskType& type) {
    return id.starts_with(type.family) && id.substr(type.family.size()).starts_with('_');
}

}  // namespace

std::filesystem::path xdg_state_path(const Environment& environment, const std::string& name, std::string_view option) {
    const auto folder = [&](const char* variable) -> std::filesystem::path {
        const auto found = environment.find(variable);
        return found == environment.end() ? "" : found->second;
    };
    if (const auto state = folder("XDG_STATE_HOME"); !state.empty()) return state / "freshet" / name;
    if (const auto home = folder("HOME"); !home.empty()) return home / ".local/state/freshet" / name;
    throw ConfigError(fmt::format("find a place for '{}': neither XDG_STATE_HOME nor HOME is set; {} says where it is",
                                  name, option));
}

std::filesystem::path state_path(const CommandContext& context, const std::optional<AnyTask>& root) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    if (config.state) return *config.state;
    if (root && context.program.default_state) return context.program.default_state(*root);
    return xdg_state_path(context.cli.environment, context.program.name + ".sqlite", "--state FILE");
}

std::optional<AnyTask> example_root(const CommandContext& context) {
    if (context.parsed.type) return task_with_examples(*context.parsed.type, context);
    for (const TaskType* type : context.registry.types())
        if (is_of_family(context.parsed.operand, *type))
            if (auto task = task_with_examples(*type, context)) return task;
    for (const TaskType* type : context.registry.types())
        if (auto task = task_with_examples(*type, context)) return task;
    return std::nullopt;
}

std::optional<store::StateFile> open_state_read_only(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return std::nullopt;
    return store::StateFile::open_read_only(path);
}

}  // namespace freshet::run
