// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/state_place.hpp"

#include "run/configuration_error.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

std::optional<AnyTask> task_with_examples(const TaskType& type, const Call& call) {
    std::vector<Value> values = values_for(type, call);
    for (Value& value : values)
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

std::filesystem::path usual_state(const Environment& environment, const std::string& name,
                                  std::string_view option) {
    const auto folder = [&](const char* variable) -> std::filesystem::path {
        const auto found = environment.find(variable);
        return found == environment.end() ? "" : found->second;
    };
    if (const auto state = folder("XDG_STATE_HOME"); !state.empty()) return state / "freshet" / name;
    if (const auto home = folder("HOME"); !home.empty()) return home / ".local/state/freshet" / name;
    throw ConfigurationError(
        fmt::format("find a place for '{}': neither XDG_STATE_HOME nor HOME is set; {} says where it is", name, option));
}

std::filesystem::path state_place(const Call& call, const std::optional<AnyTask>& root) {
    const RunSettings settings = read_run_settings(call.invocation, call.settings, call.world.clock.now());
    if (settings.state) return *settings.state;
    if (root && call.program.default_state) return call.program.default_state(*root);
    return usual_state(call.world.environment, call.program.name + ".sqlite", "--state FILE");
}

std::optional<AnyTask> likely_root(const Call& call) {
    if (call.invocation.type) return task_with_examples(*call.invocation.type, call);
    for (const TaskType* type : call.registry.types())
        if (is_of_family(call.invocation.subject, *type))
            if (auto task = task_with_examples(*type, call)) return task;
    for (const TaskType* type : call.registry.types())
        if (auto task = task_with_examples(*type, call)) return task;
    return std::nullopt;
}

std::optional<store::StateFile> read_state(const std::filesystem::path& place) {
    if (!std::filesystem::exists(place)) return std::nullopt;
    return store::StateFile::read(place);
}

}  // namespace freshet::run
