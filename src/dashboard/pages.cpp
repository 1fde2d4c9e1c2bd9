// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"

#include "api/responses.hpp"
#include "base/time.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/run_page.hpp"
#include "dashboard/task_page.hpp"
#include "event/delivery.hpp"
#include "store/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace freshet::dashboard {

namespace {

using std::chrono::seconds;

/// Parses "?refresh=15", from 2 s to a day; ignores other values.
std::optional<seconds> parse_refresh(const FormFields& query) {
    for (const auto& [name, value] : query) {
        if (name != "refresh") continue;
        int number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error == std::errc() && end == value.data() + value.size() && number >= 2 && number <= 86'400)
            return seconds(number);
    }
    return std::nullopt;
}

/// Parses "?before=2026-08-21T06:00:00Z"; ignores other values.
std::optional<Time> parse_before(const FormFields& query) {
    for (const auto& [name, value] : query) {
        if (name != "before") continue;
        try {
            return time_from_rfc3339(value);
        } catch (const Error&) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

http::Response html_response(int status, std::string html) {
    return {.status = status,
            .headers = {{"Content-Type", "text/html; charset=utf-8"},
                        {"Content-Security-Policy", content_security_policy()},
                        {"Cache-Control", "no-store"},
                        {"Referrer-Policy", "same-origin"}},  // without it, forms have no Origin
            .body = std::move(html)};
}

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

std::vector<api::Route> page_routes(Pages& pages) {
    const auto front = [&pages](const api::RequestContext& context, http::Responder respond) {
        pages.front(parse_refresh(context.query), std::move(respond));
    };
    const auto task_list = [&pages](const api::RequestContext& context, http::Responder respond) {
        pages.task_list(TaskFilter::from(context.query), std::move(respond), context.request.is_connected);
    };
    const auto task = [&pages](const api::RequestContext& context, http::Responder respond) {
        pages.task(context.path_parameter, context.principal.roles.intersects(api::Role::operate), std::move(respond));
    };
    const auto run_list = [&pages](const api::RequestContext& context, const http::Responder& respond) {
        pages.run_list(parse_before(context.query), respond);
    };
    const auto run = [&pages](const api::RequestContext& context, const http::Responder& respond) {
        pages.run(context.path_parameter, respond);
    };
    const auto metrics = [&pages](const api::RequestContext&, http::Responder respond) {
        pages.metrics(std::move(respond));
    };
    const auto undelivered = [&pages](const api::RequestContext&, http::Responder respond) {
        pages.undelivered(respond);
    };
    return {
        {.id = "page.front", .path = "/", .roles = api::Role::view, .handler = front},
        {.id = "page.tasks", .path = "/tasks", .roles = api::Role::view, .handler = task_list},
        {.id = "page.task", .path = "/task/", .methods = {"GET", "HEAD"}, .roles = api::Role::view, .handler = task},
        {.id = "page.runs", .path = "/runs", .roles = api::Role::view, .handler = run_list},
        {.id = "page.run", .path = "/run/", .roles = api::Role::view, .handler = run},
        {.id = "undelivered",
         .path = "/undelivered",
         .methods = {"GET", "HEAD"},
         .roles = api::Role::view | api::Role::work,  // a run asks before it removes what an event names
         .handler = undelivered},
        {.id = "metrics",
         .path = "/metrics",
         .methods = {"GET", "HEAD"},
         .roles = api::Role::view,
         .handler = metrics}};
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

void Pages::front(std::optional<std::chrono::seconds> refresh, http::Responder respond) {
    get<Snapshot>(snapshot_, respond, [=, options = options_](const Snapshot& snapshot, const auto& stalls) {
        return html_response(
            200, front_page(snapshot, {options.version, backlogs(options), refresh, options.rejected_requests(),
                                       options.refused_changes(), stalls}));
    });
}

void Pages::task_list(const TaskFilter& filter, http::Responder respond, scheduler::IsConnected is_connected) {
    if (const auto stalled_for = options_.stalls().present; stalled_for.count() > 0)
        return respond([stalled_for] { return api::stalled_response(stalled_for); });
    const auto on_done = [filter, respond = std::move(respond), version = options_.version,
                          taken = clock_.now()](const std::shared_ptr<scheduler::QueryResult>& result) {
        respond([filter, version, taken, result] {
            TaskListPage page = read_task_list(filter, *result);
            page.taken = taken;
            page.version = version;
            return html_response(200, task_list_page(page));
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
