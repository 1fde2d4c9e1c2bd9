// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/recorded.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "freshet/json.hpp"

#include <algorithm>

namespace freshet::cli {

namespace {

/// A text of a view, "" for null.
std::string text_in(const Json& json, std::string_view name) {
    const Json& value = json.at(name);
    return value.is_string() ? value.as_string() : "";
}

std::optional<Time> time_in(const Json& json, std::string_view name) {
    const Json& value = json.at(name);
    return value.is_string() ? std::optional(time_from_rfc3339(value.as_string())) : std::nullopt;
}

store::RunRow run_from_view(const Json& json) {
    const Json& exit_status = json.at("exit_status");
    return {.run_id = json.at("run_id").as_string(),
            .started = time_from_rfc3339(json.at("started").as_string()),
            .ended = time_in(json, "ended"),
            .program = text_in(json, "program"),
            .command = text_in(json, "command"),
            .host = text_in(json, "host"),
            .pid = json.at("pid").as_integer(),
            .exit_code =
                exit_status.is_integer() ? std::optional(static_cast<int>(exit_status.as_integer())) : std::nullopt,
            .summary = text_in(json, "summary")};
}

store::AttemptRow attempt_from_view(const Json& json, const std::string& task_id) {
    return {.run_id = text_in(json, "run_id"),
            .task_id = task_id,
            .number = static_cast<int>(json.at("number").as_integer()),
            .worker = text_in(json, "worker"),
            .started = time_from_rfc3339(json.at("started").as_string()),
            .ended = time_in(json, "ended"),
            .status = json.at("status").as_string(),
            .failure_class = text_in(json, "failure_class"),
            .message = text_in(json, "message")};
}

/// A scheduler tells as many runs at once as it likes.
std::vector<RecordedRun> runs_at(const SchedulerAccess& scheduler, std::size_t limit) {
    std::vector<RecordedRun> runs;
    for (std::string path = "/runs"; !path.empty() && runs.size() < limit;) {
        const Json page = scheduler.view(path);
        for (const Json& run : page.at("runs").as_array())
            if (runs.size() < limit) runs.push_back({.row = run_from_view(run)});
        const std::string next = text_in(page, "next_before");
        path = next.empty() ? "" : "/runs?before=" + percent_encoded(next);
    }
    return runs;
}

}  // namespace

std::vector<RecordedRun> recorded_runs(SchedulerAccess& scheduler, StateReader& state, std::size_t limit) {
    if (scheduler.is_remote()) return runs_at(scheduler, limit);
    std::vector<RecordedRun> runs;
    if (!state.history()) return runs;
    for (store::RunRow& row : state.history()->runs(static_cast<int>(limit))) {
        const bool is_lost = state.is_lost(row);
        runs.push_back({.row = std::move(row), .is_lost = is_lost});
    }
    return runs;
}

std::vector<RecordedAttempt> recorded_attempts(const std::string& task_id, SchedulerAccess& scheduler,
                                               StateReader& state, std::size_t limit) {
    std::vector<RecordedAttempt> attempts;
    if (scheduler.is_remote()) {
        const Json page = scheduler.view("/task/" + percent_encoded(task_id));
        for (const Json& attempt : page.at("attempts").as_array())
            if (attempts.size() < limit) attempts.push_back({.row = attempt_from_view(attempt, task_id)});
    } else if (state.history()) {
        for (store::AttemptRow& row : state.history()->newest_attempts_of(task_id, static_cast<int>(limit))) {
            const bool is_lost = state.is_lost(row);
            attempts.push_back({.row = std::move(row), .is_lost = is_lost});
        }
    }
    std::ranges::reverse(attempts);
    return attempts;
}

}  // namespace freshet::cli
