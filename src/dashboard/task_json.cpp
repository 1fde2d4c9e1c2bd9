// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/json_values.hpp"
#include "dashboard/log_page.hpp"
#include "dashboard/task_actions.hpp"
#include "dashboard/task_page.hpp"
#include "rpc/error_summary.hpp"

namespace freshet::dashboard {

namespace {

Json object_of(const std::vector<std::pair<std::string, std::string>>& texts) {
    Json::Object object;
    for (const auto& [name, value] : texts) object.emplace_back(name, value);
    return object;
}

Json amounts_json(const rpc::Resources& amounts) {
    Json::Object object;
    for (const auto& [name, amount] : amounts) object.emplace_back(name, amount);
    return object;
}

Json change_json(const store::HistoryRow& change) {
    return Json::Object{{"at", json_of(change.at)},
                        {"status", change.status},
                        {"by", json_or_null(change.worker)},
                        {"detail", json_or_null(rpc::readable_message(change.detail))}};
}

/// What the scheduler knows of the task.
Json::Object live_facts(const TaskSnapshot& task) {
    const auto as_is = [](const auto& item) { return json_of(item); };
    return {{"name", task.ref.name},
            {"status", rpc::text(task.ref.status)},
            {"status_since", json_of(task.updated)},
            {"why", task.why},
            {"cause", json_of(task.cause)},
            {"family", task.family},
            {"module", json_or_null(task.module)},
            {"parameters", object_of(task.params)},
            {"name_parameters", Json::Array(task.in_name.begin(), task.in_name.end())},
            {"hidden_parameters", json_array(task.hidden, as_is)},
            {"registered", json_of(task.registered)},
            {"retry_at", json_of(task.retry_at)},
            {"attempt_count", task.attempts},
            {"priority", json_of(task.priority)},
            {"resources", amounts_json(task.resources)},
            {"worker", json_or_null(task.runner)},
            {"workers", json_of(task.workers, as_is)},
            {"tracking_url", json_or_null(task.tracking_url)},
            {"status_message", json_or_null(task.message)},
            {"progress_percentage", json_of(task.progress)},
            {"statistics", object_of(task.statistics)},
            {"error", json_or_null(task.error)},
            {"requirements", json_of(task.requirements, as_is)},
            {"dependants", json_of(task.dependants, as_is)}};
}

}  // namespace

Json task_json(const TaskPageData& data) {
    const auto as_is = [](const auto& item) { return json_of(item); };
    const auto attempt_json = [&](const store::AttemptRow& attempt) {
        Json object = json_of(attempt);
        const auto log = data.log_of(attempt);
        object["log"] = log ? Json("/api/v1/task/" + log_address(*log)) : Json();
        return object;
    };
    Json::Object json{{"as_of", json_of(data.now)}, {"task_id", data.id}};
    json.emplace_back("live", data.known ? Json(live_facts(*data.known)) : Json());
    json.emplace_back(
        "run", data.run ? Json(Json::Object{{"run_id", data.run->run_id}, {"command", data.run->command}}) : Json());
    json.emplace_back("actions",
                      data.known && data.may_operate ? json_array(actions_of(*data.known), as_is) : Json::array());
    json.emplace_back("has_history", data.history.has_state_file);
    json.emplace_back("attempts", json_array(data.history.attempts, attempt_json));
    json.emplace_back("has_more_attempts", data.history.has_more_attempts);
    json.emplace_back("history", json_array(data.history.changes, change_json));
    json.emplace_back("has_more_history", data.history.has_more_changes);
    return json;
}

}  // namespace freshet::dashboard
