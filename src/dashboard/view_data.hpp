// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/responses.hpp"
#include "dashboard/pages.hpp"
#include "freshet/error.hpp"
#include "store/state_file.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Where a view gets its data from: a copy of part of the scheduler's state, a query of it, or the state file.
namespace freshet::dashboard {

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

/// Answers that the scheduler answers nobody, if that is so; returns false otherwise.
inline bool answer_stalled(const Pages& pages, const http::Responder& respond) {
    const auto stalled_for = pages.stalled_for();
    if (stalled_for.count() > 0) respond([stalled_for] { return api::stalled_response(stalled_for); });
    return stalled_for.count() > 0;
}

/// Answers with `render(data)` of what `take(state, now)` copies on the scheduler's thread.
template <class Take, class Render>
void answer_from_state(const Pages& pages, const http::Responder& respond, Take take, Render render) {
    if (answer_stalled(pages, respond)) return;
    pages.inspect([=](const scheduler::StateMachine& machine, Time now) {
        const auto data = std::make_shared<const decltype(take(machine.state(), now))>(take(machine.state(), now));
        respond([=] { return render(*data); });
    });
}

/// Answers with a view of the scheduler's state that has actions for those who may operate.
template <class Data>
void answer_with_actions(const Pages& pages, Format format, const api::RequestContext& context,
                         const http::Responder& respond, Data (*take)(const SchedulerState&, Time),
                         std::string (*page)(const Data&), Json (*json)(const Data&)) {
    answer_from_state(pages, respond, take, [=, &pages, may_operate = may_operate(context)](Data view) {
        view.may_operate = may_operate;
        view.version = pages.options().version;
        return view_response(format, view, page, json);
    });
}

/// Copies part of the scheduler's state for a page that knows only now which; for the response pool. Nothing when the
/// scheduler takes longer than a page may wait.
template <class Take>
auto wait_for_state(const Pages& pages, Take take)
    -> std::optional<decltype(take(std::declval<const SchedulerState&>()))> {
    constexpr std::chrono::seconds max_wait{1};
    using Copy = decltype(take(std::declval<const SchedulerState&>()));
    if (pages.stalled_for().count() > 0) return std::nullopt;
    const auto copied = std::make_shared<std::promise<Copy>>();
    auto copy = copied->get_future();
    pages.inspect(
        [copied, take](const scheduler::StateMachine& machine, Time) { copied->set_value(take(machine.state())); });
    return copy.wait_for(max_wait) == std::future_status::ready ? std::optional(copy.get()) : std::nullopt;
}

/// The names of the tasks of attempts, as far as the scheduler knows them; for the response pool.
inline TaskNames names_of(const Pages& pages, const std::vector<store::AttemptRow>& attempts) {
    std::set<std::string> ids;
    for (const store::AttemptRow& attempt : attempts) ids.insert(attempt.task_id);
    return wait_for_state(pages, [ids](const SchedulerState& state) { return take_names(state, ids); })
        .value_or(TaskNames{});
}

/// Answers with `render(data)` once the query has filled the data, which it shares, on the scheduler's thread.
template <class Data, class Render>
void answer_from_query(const Pages& pages, const http::Responder& respond, scheduler::IsConnected is_connected,
                       const std::shared_ptr<Data>& data, scheduler::QueryFactory::Make make, Render render) {
    if (answer_stalled(pages, respond)) return;
    const auto on_done = [=](const std::shared_ptr<scheduler::QueryResult>&) {
        respond([=] { return render(*data); });
    };
    pages.options().query(scheduler::QueryFactory(std::move(make)), on_done, std::move(is_connected));
}

}  // namespace freshet::dashboard
