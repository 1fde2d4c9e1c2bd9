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
constexpr std::size_t most_announced = 64;

/// The end of a traceback says what was wrong.
constexpr std::size_t longest_reason = 10'000;

std::string end_of(const std::string& reason) {
    return reason.size() <= longest_reason ? reason : valid_utf8(reason.substr(reason.size() - longest_reason));
}

/// An announcement has the significant parameters only.
bool is_about(const wire::AnnounceSchedulingFailure& announced, const wire::AddTask& request) {
    return announced.worker == request.worker && announced.family == request.family &&
           std::ranges::all_of(announced.params, [&](const auto& parameter) {
               return std::ranges::count(request.params, parameter) > 0;
           });
}

std::optional<std::string> take_announced(Board& board, const wire::AddTask& request) {
    auto& all = board.announced;
    const auto found =
        std::find_if(all.rbegin(), all.rend(), [&](const auto& announced) { return is_about(announced, request); });
    if (found == all.rend()) return std::nullopt;
    std::string why = std::move(found->expl);
    all.erase(std::next(found).base());
    return why;
}

}  // namespace

void announce_failure(Board& board, const wire::AnnounceSchedulingFailure& request, Time now) {
    board.diary.history.push_back({request.task_name, now, Status::unknown, request.worker, request.expl});
    if (board.announced.size() == most_announced) board.announced.pop_front();
    board.announced.push_back(request);
    board.announced.back().expl = end_of(request.expl);
}

void note_plan(Board& board, TaskId id, const wire::AddTask& request) {
    const Task& task = board.tasks[id];
    auto why = take_announced(board, request);
    if (task.status != Status::unknown) {
        if (details(task).unplanned) board.tasks.change(id, [](Task& known) { details(known).unplanned.reset(); });
    } else if (request.status == Status::unknown) {
        if (!why) why = end_of(request.expl.value_or(""));
        const Unplanned unplanned{board.name(request.worker), board.name(*why)};
        board.tasks.change(id, [&](Task& known) { details(known).unplanned = unplanned; });
    }
}

}  // namespace freshet::scheduler
