// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/unplanned.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace freshet::scheduler {

namespace {

/// A worker registers a task right after its announcement: so many workers may be between the two.
constexpr std::size_t max_announced = 64;

/// The end of a traceback says what was wrong.
constexpr std::size_t max_text_length = 10'000;

std::string tail_of(const std::string& reason) {
    return reason.size() <= max_text_length ? reason : valid_utf8(reason.substr(reason.size() - max_text_length));
}

/// An announcement has the significant parameters only.
bool matches(const rpc::AnnounceSchedulingFailure& announced, const rpc::AddTask& request) {
    return announced.worker == request.worker && announced.family == request.family &&
           std::ranges::all_of(announced.params, [&](const auto& parameter) {
               return std::ranges::count(request.params, parameter) > 0;
           });
}

std::optional<std::string> take_announced_failure(SchedulerState& state, const rpc::AddTask& request) {
    auto& all = state.announced_failures;
    const auto found =
        std::find_if(all.rbegin(), all.rend(), [&](const auto& announced) { return matches(announced, request); });
    if (found == all.rend()) return std::nullopt;
    std::string why = std::move(found->expl);
    all.erase(std::next(found).base());
    return why;
}

}  // namespace

void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now) {
    state.pending_history.history.push_back({request.task_name, now, Status::unknown, request.worker, request.expl});
    if (state.announced_failures.size() == max_announced) state.announced_failures.pop_front();
    state.announced_failures.push_back(request);
    state.announced_failures.back().expl = tail_of(request.expl);
}

void update_scheduling_failure(SchedulerState& state, TaskId id, const rpc::AddTask& request) {
    const Task& task = state.tasks[id];
    auto why = take_announced_failure(state, request);
    if (task.status != Status::unknown) {
        if (details(task).scheduling_failure)
            state.tasks.change(id, [](Task& known) { details(known).scheduling_failure.reset(); });
    } else if (request.status == Status::unknown) {
        if (!why) why = tail_of(request.expl.value_or(""));
        const SchedulingFailure scheduling_failure{state.symbol(request.worker), state.symbol(*why)};
        state.tasks.change(id, [&](Task& known) { details(known).scheduling_failure = scheduling_failure; });
    }
}

}  // namespace freshet::scheduler
