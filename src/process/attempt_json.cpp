// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/attempt_json.hpp"

#include "freshet/error.hpp"

namespace freshet::worker {

namespace {

using std::chrono::nanoseconds;

Json task_to_json(const AnyTask& task) {
    Json::Object values;
    for (const auto& [name, value] : task.values_with_secrets()) values.emplace_back(name, value);
    return Json::Object{{"family", task.type().family}, {"values", std::move(values)}};
}

AnyTask task_from_json(const Json& json, const Registry& registry) {
    Values values;
    for (const auto& [name, value] : json.at("values").as_object()) values.emplace(name, value.as_string());
    return registry.make(json.at("family").as_string(), values);
}

std::int64_t to_number(Time time) { return std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count(); }

Time to_time(const Json& number) {
    return Time(std::chrono::duration_cast<Time::duration>(nanoseconds(number.as_integer())));
}

Json to_json(const target::StagedOutput& output) {
    return Json::Array{output.target.native(), output.temporary.native(), output.receipt.native()};
}

target::StagedOutput staged_from_json(const Json& json) {
    const Json::Array& paths = json.as_array();
    return {paths.at(0).as_string(), paths.at(1).as_string(), paths.at(2).as_string()};
}

Json to_json(const AttemptResult& result) {
    Json json = Json::Object{{"ending", static_cast<int>(result.status)},
                             {"failure", worker::to_json(result.failure)},
                             {"disk_full", result.disk_full},
                             {"started", to_number(result.started)},
                             {"ended", to_number(result.ended)},
                             {"staged", Json::array()},
                             {"missing", Json::array()},
                             {"events", Json::array()}};
    for (const target::StagedOutput& output : result.staged) json["staged"].push_back(to_json(output));
    for (const AnyTask& task : result.missing) json["missing"].push_back(task_to_json(task));
    for (const Event& event : result.events) json["events"].push_back(to_json(event));
    return json;
}

AttemptResult result_from_json(const Json& json, const std::string& token, const Registry& registry) {
    AttemptResult result{.token = token,
                         .status = static_cast<AttemptStatus>(json.at("ending").as_integer()),
                         .failure = failure_from_json(json.at("failure")),
                         .disk_full = json.at("disk_full").as_bool(),
                         .started = to_time(json.at("started")),
                         .ended = to_time(json.at("ended"))};
    for (const Json& output : json.at("staged").as_array()) result.staged.push_back(staged_from_json(output));
    for (const Json& task : json.at("missing").as_array()) result.missing.push_back(task_from_json(task, registry));
    for (const Json& event : json.at("events").as_array()) result.events.push_back(event_from_json(event));
    return result;
}

struct MessageToJson {
    Json operator()(const AttemptResult& result) const { return Json::Object{{"result", to_json(result)}}; }
    Json operator()(const Progress& progress) const { return Json::Object{{"progress", progress.fraction}}; }
    Json operator()(const StatusMessage& status) const { return Json::Object{{"status", status.text}}; }
    Json operator()(const LogLine& line) const {
        return Json::Object{{"log", line.text}, {"is_warning", line.is_warning}};
    }
    template <class NonAttemptMessage>
    Json operator()(const NonAttemptMessage&) const {
        return Json::object();
    }
};

}  // namespace

Json to_json(const Attempt& attempt) {
    return Json::Object{{"task", task_to_json(attempt.task)}, {"token", attempt.token},
                        {"number", attempt.number},           {"run_id", attempt.run_id},
                        {"traceparent", attempt.traceparent}, {"code_version", attempt.code_version}};
}

Attempt attempt_from_json(const Json& json, const Registry& registry) {
    return {.task = task_from_json(json.at("task"), registry),
            .token = json.at("token").as_string(),
            .number = static_cast<int>(json.at("number").as_integer()),
            .run_id = json.at("run_id").as_string(),
            .traceparent = json.at("traceparent").as_string(),
            .code_version = json.at("code_version").as_string()};
}

Json to_json(const Failure& failure) {
    return Json::Object{{"class", static_cast<int>(failure.failure_class)},
                        {"message", failure.message},
                        {"retry_after", failure.retry_after ? Json(failure.retry_after->count()) : Json()}};
}

Failure failure_from_json(const Json& json) {
    Failure failure{static_cast<FailureClass>(json.at("class").as_integer()), json.at("message").as_string()};
    if (const Json& pause = json.at("retry_after"); !pause.is_null())
        failure.retry_after = std::chrono::seconds(pause.as_integer());
    return failure;
}

Json to_json(const Message& message) { return std::visit(MessageToJson(), message); }

Message message_from_json(const Json& json, const std::string& token, const Registry& registry) {
    if (const Json* result = json.find("result")) return result_from_json(*result, token, registry);
    if (const Json* progress = json.find("progress")) return Progress{token, progress->as_number()};
    if (const Json* status = json.find("status")) return StatusMessage{token, status->as_string()};
    return LogLine{token, json.at("log").as_string(), json.at("is_warning").as_bool()};
}

}  // namespace freshet::worker
