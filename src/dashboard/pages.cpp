// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"

#include "api/responses.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/run_page.hpp"
#include "dashboard/task_page.hpp"
#include "dashboard/view_data.hpp"
#include "event/delivery.hpp"
#include "freshet/text.hpp"
#include "store/history.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::dashboard {

namespace {

bool is_configured_sink(const PagesOptions& options, const std::string& sink) {
    const auto& configured = options.configured_sinks;
    return !configured || std::ranges::find(*configured, sink) != configured->end();
}

std::vector<SinkBacklog> backlogs(const PagesOptions& options) {
    auto all = with_state_file(options, [](store::StateFile& file) { return store::Outbox(file).backlogs(); });
    for (SinkBacklog& backlog : all) backlog.is_configured = is_configured_sink(options, backlog.sink);
    return all;
}

std::optional<Disk> full_disk(const PagesOptions& options) {
    if (!options.state_path) return std::nullopt;
    auto disk = disk_of(std::filesystem::absolute(*options.state_path).parent_path());
    return disk && disk->free < options.min_free ? std::move(disk) : std::nullopt;
}

/// The undelivered events as JSON; 503 where they cannot be read, since none would mean that all are delivered.
http::Response undelivered_response(const PagesOptions& options) {
    Json::Array all;
    try {
        if (options.state_path)
            for (const auto& undelivered : store::read_undelivered({*options.state_path}))
                all.push_back(event::to_json(undelivered, is_configured_sink(options, undelivered.sink)));
    } catch (const Error& error) {
        return {.status = 503, .body = fmt::format("read the undelivered events: {}\n", error.what())};
    }
    return {.headers = {{"Content-Type", "application/json"}}, .body = Json(std::move(all)).text()};
}

std::optional<store::AttemptRow> attempt_of(store::History& history, const store::AttemptLogKey& key) {
    constexpr int limit = 100;
    for (store::AttemptRow& row : history.newest_attempts_of(key.task_id, limit))
        if (row.number == key.number && (key.run_id.empty() || row.run_id == key.run_id)) return std::move(row);
    return std::nullopt;
}

/// Nothing without such a log.
std::optional<LogPageData> read_log(const PagesOptions& options, const std::string& id, const LogQuery& query) {
    if (!options.logs) return std::nullopt;
    LogPageData data{.task_id = id, .logs = options.logs->list(id), .version = options.version};
    const auto key = find_log(data.logs, query);
    auto log = key ? options.logs->read(*key, query.offset, log_piece_size) : std::nullopt;
    if (!log) return std::nullopt;
    data.log = *std::move(log);
    data.attempt = with_state_file(options, [&](store::StateFile& file) {
        store::History history(file);
        return attempt_of(history, *key);
    });
    return data;
}

http::Response no_log_response(Format format, const std::string& id, Time taken, const std::string& version) {
    const std::string why = fmt::format(
        "there is no such log of '{}': the attempt has logged nothing, its worker sends no logs, or it was removed",
        shortened(id, max_text_length));
    if (format == Format::json) return api::error_response(404, why);
    return html_response(
        404, document({.title = "No such log · Freshet", .home = "../../", .taken = taken, .version = version},
                      severity_box(Severity::neutral, tag("h1", why))));
}

http::Response task_response(Format format, const PagesOptions& options, TaskPageData data) {
    data.version = options.version;
    data.commands = options.commands;
    with_state_file(options, [&](store::StateFile& file) {
        store::History history(file);
        read_history(history, data);
        return true;
    });
    if (options.logs) data.logs = options.logs->list(data.id);
    if (data.is_known()) return view_response(format, data, task_page, task_json);
    if (format == Format::html) return html_response(404, no_task_page(data));
    return api::error_response(404, fmt::format("'{}' is not a task of this scheduler, nor in its history",
                                                shortened(data.id, max_text_length)));
}

}  // namespace

FrontPageOptions front_page_options(const PagesOptions& options) {
    return {.version = options.version,
            .backlogs = backlogs(options),
            .rejected_requests = options.rejected_requests(),
            .refused_changes = options.refused_changes(),
            .stalls = options.stalls(),
            .full_disk = full_disk(options),
            .datasets = with_state_file(options, read_dataset_metrics)};
}

Pages::Pages(const Inspect& inspect, const Clock& clock, PagesOptions options)
    : options_(std::move(options)),
      clock_(clock),
      inspect_(inspect),
      snapshot_(inspect, take_snapshot, clock, options_.max_age),
      metrics_snapshot_(inspect, take_metrics_snapshot, clock, options_.max_age) {}

template <class T>
void Pages::get(CachedCopy<T>& copy, const http::Responder& respond,
                std::function<http::Response(const T&, const scheduler::Stalls&)> make) const {
    const auto reply = [respond, make = std::move(make), stalls = options_.stalls](std::shared_ptr<const T> state) {
        respond([=] { return make(*state, stalls()); });
    };
    const auto stalled_for = options_.stalls().present;
    if (stalled_for.count() == 0) return copy.get(reply);
    if (auto last = copy.last()) return reply(std::move(last));
    respond([=] { return api::stalled_response(stalled_for); });
}

void Pages::front(Format format, std::optional<std::chrono::seconds> refresh, bool may_operate,
                  http::Responder respond) {
    get<Snapshot>(snapshot_, respond, [=, options = options_](const Snapshot& snapshot, const auto& stalls) {
        FrontPageOptions parts = front_page_options(options);
        parts.refresh = refresh;
        parts.stalls = stalls;
        parts.may_operate = may_operate;
        if (format == Format::json) return json_view_response(overview_json(snapshot, parts));
        return html_response(200, front_page(snapshot, parts));
    });
}

void Pages::task_list(Format format, const TaskFilter& filter, http::Responder respond,
                      scheduler::IsConnected is_connected) {
    if (const auto stalled = stalled_for(); stalled.count() > 0)
        return respond([stalled] { return api::stalled_response(stalled); });
    const auto on_done = [this, format, filter, respond = std::move(respond), version = options_.version,
                          taken = clock_.now()](const std::shared_ptr<scheduler::QueryResult>& result) {
        respond([this, format, filter, version, taken, result] {
            TaskListPage page = read_task_list(filter, *result);
            const auto take = [page](const SchedulerState& state) { return take_errors(state, page); };
            if (auto errors = wait_for_state(*this, take))
                for (TaskListPage::Line& line : page.tasks) line.error = (*errors)[line.task.id];
            page.taken = taken;
            page.version = version;
            return view_response(format, page, task_list_page, task_list_json);
        });
    };
    options_.query(filter.request(), on_done, std::move(is_connected));
}

void Pages::task(Format format, std::string id, bool may_operate, http::Responder respond) {
    inspect_([format, id = std::move(id), may_operate, options = options_, respond = std::move(respond)](
                 const scheduler::StateMachine& machine, Time now) {
        TaskPageData data{
            .id = id, .now = now, .known = take_task_snapshot(machine.state(), id, now), .may_operate = may_operate};
        respond([format, options, data = std::move(data)] { return task_response(format, options, data); });
    });
}

void Pages::log(Format format, const std::string& id, const LogQuery& query, const http::Responder& respond) const {
    respond([this, format, id, query, options = options_, taken = clock_.now()] {
        auto data = read_log(options, id, query);
        if (!data) return no_log_response(format, id, taken, options.version);
        data->taken = taken;
        const auto take = [id](const SchedulerState& state) { return take_names(state, {id}); };
        data->name = ref_of(wait_for_state(*this, take).value_or(TaskNames{}), id).name;
        if (format == Format::html || !query.is_text) return view_response(format, *data, log_page, log_json);
        return http::Response{.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                                          {"Freshet-Cursor", std::to_string(data->log.piece.end)}},
                              .body = log_text(*data, query)};
    });
}

void Pages::run_list(Format format, std::optional<Time> before, const http::Responder& respond) const {
    respond([format, before, options = options_, taken = clock_.now()] {
        RunList list = with_state_file(options, [&](store::StateFile& file) {
            store::History history(file);
            return read_runs(history, before);
        });
        list.taken = taken;
        list.version = options.version;
        return view_response(format, list, run_list_page, run_list_json);
    });
}

void Pages::run(Format format, const std::string& id, const http::Responder& respond) const {
    respond([this, format, id, options = options_, taken = clock_.now()] {
        auto details = with_state_file(options, [&](store::StateFile& file) {
            store::History history(file);
            return read_run(history, id);
        });
        if (!details && format == Format::html) return html_response(404, no_run_page(id, taken, options.version));
        if (!details)
            return api::error_response(404, fmt::format("no run '{}' is recorded", shortened(id, max_text_length)));
        const auto take = [tasks = details->tasks()](const SchedulerState& state) {
            return take_run_graph(state, tasks);
        };
        details->graph = wait_for_state(*this, take).value_or(RunGraph{});
        details->names = names_of(*this, details->attempts);
        details->taken = taken;
        details->version = options.version;
        return view_response(format, *details, run_page, run_json);
    });
}

http::Response Pages::error(int status, const std::string& reason) const {
    const std::string title = status == 503 ? "The action was not confirmed" : "The action was refused";
    const PageHeader header{.title = title + " · Freshet",
                            .severity = Severity::warning,
                            .home = "../",
                            .taken = clock_.now(),
                            .version = options_.version};
    return html_response(
        status, document(header, severity_box(Severity::warning, Html::of(tag("h1", title), tag("p", reason)))));
}

void Pages::undelivered(const http::Responder& respond) const {
    respond([options = options_] { return undelivered_response(options); });
}

void Pages::metrics(http::Responder respond) {
    get<MetricsSnapshot>(
        metrics_snapshot_, respond, [options = options_](const MetricsSnapshot& snapshot, const auto& stalls) {
            return http::Response{
                .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                .body = prometheus_text(snapshot, {options.version, backlogs(options), options.tick_latency(),
                                                   options.rejected_requests().count, options.refused_changes().count,
                                                   stalls, with_state_file(options, read_dataset_metrics)})};
        });
}

}  // namespace freshet::dashboard
