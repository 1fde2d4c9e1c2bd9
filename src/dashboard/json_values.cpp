// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/json_values.hpp"

#include "base/time.hpp"
#include "rpc/error_summary.hpp"

#include <cmath>

namespace freshet::dashboard {

Json json_of(Time time) { return rfc3339(time); }

Json json_of(Time::duration duration) { return std::chrono::duration<double>(duration).count(); }

Json json_of(double number) { return std::isfinite(number) ? Json(number) : Json(); }

Json json_of(const TaskRef& task) {
    return Json::Object{{"task_id", task.id}, {"name", task.name}, {"status", rpc::text(task.status)}};
}

Json json_of(const store::AttemptRow& attempt) {
    return Json::Object{{"number", attempt.number},
                        {"status", attempt.status},
                        {"started", json_of(attempt.started)},
                        {"ended", json_of(attempt.ended)},
                        {"duration", attempt.ended ? json_of(*attempt.ended - attempt.started) : Json()},
                        {"worker", attempt.worker},
                        {"failure_class", json_or_null(attempt.failure_class)},
                        {"message", json_or_null(rpc::readable_message(attempt.message))},
                        {"run_id", json_or_null(attempt.run_id)}};
}

Json json_with_task(const store::AttemptRow& attempt, const TaskNames& names) {
    Json json = json_of(attempt);
    json["task_id"] = attempt.task_id;
    json["name"] = ref_of(names, attempt.task_id).name;
    return json;
}

Json json_of(const StatusCounts& counts) {
    Json::Object object;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) object.emplace_back(rpc::status_texts[i], counts[i]);
    return object;
}

}  // namespace freshet::dashboard
