// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/problem.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freshet::notify {

namespace {

constexpr std::array<std::string_view, 6> state_texts = {"failed",      "disabled",  "late",
                                                         "worker_lost", "disk_full", "unrunnable"};

Json::Object parameters_json(const rpc::Parameters& parameters) { return {parameters.begin(), parameters.end()}; }

bool flag_in(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value != nullptr && value->as_bool();
}

/// Reads the members that an earlier version did not save.
void read_later_members(const Json& json, Problem& problem) {
    problem.is_removed = flag_in(json, "is_removed");
    if (const Json* root = json.find("root")) problem.root = root->as_string();
    if (const Json* parameters = json.find("parameters"))
        for (const auto& [name, value] : parameters->as_object())
            problem.parameters.emplace_back(name, value.as_string());
    if (const Json* tasks = json.find("tasks"))
        for (const Json& task : tasks->as_array()) problem.tasks.push_back(task.as_string());
}

}  // namespace

std::string_view text(ProblemState state) { return state_texts[static_cast<std::size_t>(state)]; }

std::optional<ProblemState> problem_state_from(std::string_view text) {
    const auto found = std::ranges::find(state_texts, text);
    if (found == state_texts.end()) return std::nullopt;
    return static_cast<ProblemState>(found - state_texts.begin());
}

std::vector<std::string> problem_state_names() { return {state_texts.begin(), state_texts.end()}; }

Json to_json(const Problem& problem) {
    return Json::Object{{"id", problem.id},
                        {"state", text(problem.state)},
                        {"family", problem.family},
                        {"name", problem.name},
                        {"parameters", parameters_json(problem.parameters)},
                        {"why", problem.why},
                        {"since", problem.since.time_since_epoch().count()},
                        {"is_retried", problem.is_retried},
                        {"is_removed", problem.is_removed},
                        {"root", problem.root},
                        {"tasks", Json::Array(problem.tasks.begin(), problem.tasks.end())}};
}

Problem problem_from_json(const Json& json) {
    const auto state = problem_state_from(json.at("state").as_string());
    if (!state) throw Error(fmt::format("'{}' is not the state of a problem", json.at("state").as_string()));
    Problem problem{.id = json.at("id").as_string(),
                    .state = *state,
                    .family = json.at("family").as_string(),
                    .name = json.at("name").as_string(),
                    .why = json.at("why").as_string(),
                    .since = Time(Time::duration(json.at("since").as_integer())),
                    .is_retried = json.at("is_retried").as_bool()};
    read_later_members(json, problem);
    return problem;
}

}  // namespace freshet::notify
