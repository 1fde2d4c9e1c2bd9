// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/record_writer.hpp"

#include "base/json_view.hpp"
#include "rpc/json_fields.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

namespace {

using rpc::json_fields::write;

/// Writes an object of what differs from the default only: most tasks have few of these. It makes text at once, since
/// every change of a task is written.
class Writer {
public:
    void text(std::string_view name, const Symbol& value) {
        if (value && !value->empty()) append_json_string(begin(name), *value);
    }
    void text(std::string_view name, std::string_view value) { append_json_string(begin(name), value); }
    void time(std::string_view name, Time value) {
        if (value != never) begin(name) += fmt::format_int(value.time_since_epoch().count()).c_str();
    }
    void flag(std::string_view name, bool value) {
        if (value) begin(name) += "true";
    }
    void number(std::string_view name, std::uint64_t value) {
        if (value != 0) begin(name) += fmt::format_int(value).c_str();
    }
    void names(std::string_view name, const std::vector<Symbol>& value) {
        if (!value.empty()) list(name, value, [](const Symbol& item) -> const std::string& { return *item; });
    }
    template <class Items, class Text>
    void list(std::string_view name, const Items& items, Text&& text_of) {
        std::string& out = begin(name);
        char before = '[';
        for (const auto& item : items) {
            out += std::exchange(before, ',');
            append_json_string(out, text_of(item));
        }
        out += ']';
    }
    void json(std::string_view name, std::string_view text) { begin(name) += text; }
    void value(std::string_view name, const Json& value) { begin(name) += value.text(); }

    std::string take() {
        if (json_.empty()) return "{}";
        json_ += '}';
        return std::move(json_);
    }

private:
    /// The names are ours: nothing in them needs an escape.
    std::string& begin(std::string_view name) {
        json_ += json_.empty() ? "{\"" : ",\"";
        json_ += name;
        return json_ += "\":";
    }

    std::string json_;
};

std::string written(const rpc::Parameters& params) {
    std::string json = "{";
    for (const auto& [name, value] : params) {
        if (json.size() > 1) json += ',';
        append_json_string(json, name);
        json += ':';
        append_json_string(json, value);
    }
    return json += '}';
}

std::string written(const Details& more) {
    Writer out;
    if (more.tracking_url) out.text("tracking_url", *more.tracking_url);
    if (more.status_message) out.text("status_message", *more.status_message);
    if (!more.progress_percentage.is_null()) out.value("progress_percentage", more.progress_percentage);
    out.flag("disabled_by_scheduler", more.disabled_by_scheduler);
    out.time("first_failure", more.first_failure);
    Json failures = Json::array();
    for (const Time failure : more.failures) failures.push_back(failure.time_since_epoch().count());
    if (!more.failures.empty()) out.value("failures", std::move(failures));
    if (more.scheduling_failure) {
        out.text("unplanned_by", *more.scheduling_failure->worker);
        out.text("unplanned_why", *more.scheduling_failure->why);
    }
    if (!more.responses.empty()) out.value("responses", Json::Object(more.responses.begin(), more.responses.end()));
    return out.take();
}

void write_state(Writer& out, const Task& task) {
    out.text("status", text(task.status));
    out.number("sequence", task.sequence);
    if (task.priority != 0) out.value("priority", write(task.priority));
    out.time("created", task.created);
    out.time("updated", task.updated);
    out.time("wake", task.retry_at);
    out.time("remove", task.expires_at);
    out.flag("runnable", task.runnable);
    out.flag("batchable", task.batchable);
    out.flag("accepts_messages", task.accepts_messages);
    out.flag("given_up", task.retries_exhausted);
    if (task.failure_class) out.text("failed_as", rpc::text(*task.failure_class));
    out.number("lease", task.lease);
    out.number("attempts", task.attempts);
    out.number("tries", task.transient_failures);
}

void write_nature(Writer& out, const Task& task, std::string_view params) {
    out.text("family", task.family);
    out.text("module", task.module);
    if (!task.params.empty()) out.json("params", params);
    if (!task.visibilities->empty()) out.value("visibilities", write(*task.visibilities));
    if (!task.resources->empty()) out.value("resources", write(*task.resources));
    if (*task.policy != rpc::RetryPolicy{}) out.value("policy", write(*task.policy));
}

void write_runner(Writer& out, const Task& task) {
    out.names("workers", *task.workers);
    out.names("stakeholders", *task.stakeholders);
    out.text("runner", task.worker_running);
    if (task.resources_running) out.value("resources_running", write(*task.resources_running));
    out.time("time_running", task.time_running);
    out.text("batch", task.batch);
    out.text("expl", task.expl);
}

}  // namespace

Record task_record(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    std::string params = written(task.params);
    Writer out;
    write_state(out, task);
    write_nature(out, task, params);
    write_runner(out, task);
    const auto id_of = [&](TaskId dep) -> const std::string& { return state.tasks[dep].id; };
    if (!task.deps.empty()) out.list("deps", task.deps, id_of);
    if (task.details) out.json("details", written(*task.details));
    return {.id = task.id,
            .family = *task.family,
            .params = std::move(params),
            .status = task.status,
            .updated = task.updated,
            .content = out.take()};
}

std::optional<Time> read_retry_at(const Json& content) {
    const Json* status = content.find("status");
    const Json* retry_at = content.find("wake");
    if (!status || !retry_at || !retry_at->is_integer()) return std::nullopt;
    if (*status != Json(text(Status::failed)) && *status != Json(text(Status::disabled))) return std::nullopt;
    return Time(Time::duration(retry_at->as_integer()));
}

std::vector<std::string> dependencies(const Json& content) {
    std::vector<std::string> ids;
    if (const Json* deps = content.find("deps"))
        for (const Json& id : deps->as_array()) ids.push_back(id.as_string());
    return ids;
}

Record worker_record(const Worker& worker) {
    Writer out;
    out.time("started", worker.started);
    out.flag("asks_for_work", worker.last_get_work.has_value());
    out.flag("disabled", worker.disabled);
    if (!worker.host.empty()) out.text("host", worker.host);
    if (!worker.info.empty()) out.value("info", worker.info);
    Json messages = Json::array();
    for (const auto& message : worker.messages)
        messages.push_back(Json::Object{{"name", message.name}, {"kwargs", message.kwargs}});
    if (!worker.messages.empty()) out.value("messages", std::move(messages));
    Json::Object batchers;
    for (const auto& [family, batcher] : worker.batchers)
        batchers.emplace_back(
            family, Json::Object{{"parameters", write(batcher.parameters)}, {"largest", write(batcher.max_size)}});
    if (!batchers.empty()) out.value("batchers", std::move(batchers));
    if (worker.is_disconnected) {
        out.flag("away", true);
        out.time("last_active", worker.last_active);
    }
    return {.id = *worker.name, .content = out.take()};
}

Json settings_record(const SchedulerState& state) {
    Json::Object json{{"paused", state.paused},
                      {"limits", write(state.limit_overrides)},
                      {"leases", write(state.reserved_leases)},
                      {"messages", state.last_message_id}};
    if (state.rate_limiter.next_expiry()) json.emplace_back("rates", state.rate_limiter.to_json());
    return json;
}

}  // namespace freshet::scheduler
