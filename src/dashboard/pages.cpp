// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"

#include "api/responses.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/run_page.hpp"
#include "dashboard/task_page.hpp"
#include "event/delivery.hpp"
#include "store/history.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::dashboard {

namespace {

/// Calls `read` with the state file. On failure returns an empty result, so the page omits only that part.
template <class Read>
auto with_state_file(const PagesOptions& options, Read read) -> decltype(read(std::declval<store::StateFile&>())) {
    if (!options.state_path) return {};
    try {
        auto file = store::StateFile::open_read_only(*options.state_path);
        return read(file);
    } catch (const Error&) {
        return {};
    }
}

bool is_configured_sink(const PagesOptions& options, const std::string& sink) {
    const auto& configured = options.configured_sinks;
    return !configured || std::ranges::find(*configured, sink) != configured->end();
}

std::vector<SinkBacklog> backlogs(const PagesOptions& options) {
    auto all = with_state_file(options, [](store::StateFile& file) { return store::Outbox(file).backlogs(); });
    for (SinkBacklog& backlog : all) backlog.is_configured = is_configured_sink(options, backlog.sink);
    return all;
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

http::Response task_response(const PagesOptions& options, TaskPageData data) {
    data.version = options.version;
    data.history = with_state_file(options, [&](store::StateFile& file) {
        store::History history(file);
        return read_history(history, data.id);
    });
    return data.is_known() ? html_response(200, task_page(data)) : html_response(404, no_task_page(data));
}

}  // namespace

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

void Pages::front(std::optional<std::chrono::seconds> refresh, http::Responder respond) {
    get<Snapshot>(snapshot_, respond, [=, options = options_](const Snapshot& snapshot, const auto& stalls) {
        return html_response(
            200, front_page(snapshot, {options.version, backlogs(options), refresh, options.rejected_requests(),
                                       options.refused_changes(), stalls}));
    });
}

void Pages::task_list(Format format, const TaskFilter& filter, http::Responder respond,
                      scheduler::IsConnected is_connected) {
    if (const auto stalled = stalled_for(); stalled.count() > 0)
        return respond([stalled] { return api::stalled_response(stalled); });
    const auto on_done = [format, filter, respond = std::move(respond), version = options_.version,
                          taken = clock_.now()](const std::shared_ptr<scheduler::QueryResult>& result) {
        respond([format, filter, version, taken, result] {
            TaskListPage page = read_task_list(filter, *result);
            page.taken = taken;
            page.version = version;
            return view_response(format, page, task_list_page, task_list_json);
        });
    };
    options_.query(filter.request(), on_done, std::move(is_connected));
}

void Pages::task(std::string id, bool may_operate, http::Responder respond) {
    inspect_([id = std::move(id), may_operate, options = options_, respond = std::move(respond)](
                 const scheduler::StateMachine& machine, Time now) {
        TaskPageData data{
            .id = id, .now = now, .known = take_task_snapshot(machine.state(), id, now), .may_operate = may_operate};
        respond([options, data = std::move(data)] { return task_response(options, data); });
    });
}

void Pages::run_list(std::optional<Time> before, const http::Responder& respond) const {
    respond([before, options = options_, taken = clock_.now()] {
        RunList list = with_state_file(options, [&](store::StateFile& file) {
            store::History history(file);
            return read_runs(history, before);
        });
        list.taken = taken;
        list.version = options.version;
        return html_response(200, run_list_page(list));
    });
}

void Pages::run(const std::string& id, const http::Responder& respond) const {
    respond([id, options = options_, taken = clock_.now()] {
        auto details = with_state_file(options, [&](store::StateFile& file) {
            store::History history(file);
            return read_run(history, id);
        });
        if (!details) return html_response(404, no_run_page(id, taken, options.version));
        details->taken = taken;
        details->version = options.version;
        return html_response(200, run_page(*details));
    });
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
