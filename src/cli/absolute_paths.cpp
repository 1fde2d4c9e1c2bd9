// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/absolute_paths.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace freshet::cli {

namespace {

using std::filesystem::path;

bool is_path(const Parameter& parameter) {
    return parameter.value_type == &detail::tag<path> || parameter.value_type == &detail::tag<std::optional<path>>;
}

const TaskType* type_named(const Registry& registry, std::string_view family) {
    for (const auto* types : {&registry.types(), &registry.ranges()})
        if (const auto found = std::ranges::find(*types, family, &TaskType::family); found != types->end())
            return *found;
    return nullptr;
}

void make_absolute(const TaskType& type, Values& values) {
    for (const Parameter& parameter : type.parameters) {
        const auto value = is_path(parameter) ? values.find(parameter.name) : values.end();
        if (value != values.end() && !value->second.empty() && path(value->second).is_relative())
            value->second = std::filesystem::absolute(value->second).lexically_normal().string();
    }
}

}  // namespace

Program with_absolute_paths(Program program, const Registry& registry, const ParsedCommand& parsed,
                            const Config& config) {
    if (!parsed.has("scheduler") && !config.find("run", "scheduler")) return program;
    program.resolve_parameters = [resolve = std::move(program.resolve_parameters), &registry](
                                     std::string_view family, Values& values, const Clock& clock) {
        if (resolve) resolve(family, values, clock);
        if (const TaskType* type = type_named(registry, family)) make_absolute(*type, values);
    };
    return program;
}

}  // namespace freshet::cli
