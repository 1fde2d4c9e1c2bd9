// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/graph.hpp"
#include "dashboard/view_data.hpp"

namespace freshet::dashboard {

namespace {

http::Response response_of(Format format, const PagesOptions& options, GraphView view) {
    view.version = options.version;
    if (format == Format::json) return json_view_response(graph_json(view));
    return html_response(view.is_known ? 200 : 404, graph_page(view));
}

/// Asks for the tasks first, and then for what is next to them.
void serve_family(const Pages& pages, Format format, const api::RequestContext& context, const GraphFilter& filter,
                  const http::Responder& respond) {
    if (answer_stalled(pages, respond)) return;
    const rpc::TaskList request{.limit = false,
                                .max_shown_tasks = static_cast<std::int64_t>(max_drawn_tasks),
                                .cursor = filter.after,
                                .family = filter.family};
    pages.options().query(
        request,
        [&pages, format, filter, respond](const std::shared_ptr<scheduler::QueryResult>& result) {
            std::vector<std::string> ids;
            for (const auto& [id, task] : Json::parse(result->text()).as_object()) ids.push_back(id);
            const auto take = [filter, ids = std::move(ids), next = result->next_cursor](const SchedulerState& state,
                                                                                         Time now) {
                GraphView view = take_family_tasks(state, filter.family, ids, now);
                view.filter = filter;
                view.next = next;
                return view;
            };
            answer_from_state(pages, respond, take, [&pages, format](const GraphView& view) {
                return response_of(format, pages.options(), view);
            });
        },
        context.request.is_connected);
}

}  // namespace

void serve_graph(const Pages& pages, Format format, const api::RequestContext& context, const GraphFilter& filter,
                 const http::Responder& respond) {
    const auto render = [&pages, format](const GraphView& view) { return response_of(format, pages.options(), view); };
    if (!filter.run.empty()) {
        const auto view = std::make_shared<GraphView>(GraphView{.filter = filter});
        const auto make = [view](const SchedulerState& state, Time now) {
            return std::make_unique<ChainQuery>(state, view, now);
        };
        return answer_from_query(pages, respond, context.request.is_connected, view, make, render);
    }
    if (filter.task.empty() && !filter.family.empty()) return serve_family(pages, format, context, filter, respond);
    const auto take = [filter](const SchedulerState& state, Time now) {
        return filter.task.empty() ? take_family_graph(state, now) : take_task_graph(state, filter, now);
    };
    answer_from_state(pages, respond, take, render);
}

}  // namespace freshet::dashboard
