// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/progress.hpp"

#include <algorithm>

namespace freshet::run {

using std::chrono::duration;
using std::chrono::seconds;

void Progress::add_plan(const worker::Plan& plan) {
    for (std::size_t i = 0; i < plan.size(); ++i)
        if (!plan[i].is_complete && plan[i].task.type().kind == TaskKind::task) to_run_.insert(plan[i].task.id());
}

void Progress::start(const AnyTask& task, Instant now) {
    if (!first_start_) first_start_ = now;
    to_run_.insert(task.id());
    if (!find(task)) running_.push_back({.id = task.id(), .description = task.description()});
}

void Progress::advance(const AnyTask& task, double fraction) {
    if (Running* running = find(task)) running->fraction = std::clamp(fraction, 0.0, 1.0);
}

void Progress::set_status(const AnyTask& task, std::string_view status) {
    if (Running* running = find(task)) running->status = status;
}

void Progress::end(const AnyTask& task, bool is_done) {
    std::erase_if(running_, [&](const Running& running) { return running.id == task.id(); });
    if (is_done && to_run_.contains(task.id())) done_.insert(task.id());
}

double Progress::work_done() const {
    double work = static_cast<double>(done());
    for (const Running& running : running_) work += running.fraction;
    return work;
}

std::optional<double> Progress::rate(Instant now) const {
    constexpr seconds meaningful{1};  // before, one quick task would promise thousands a minute
    if (!first_start_ || now - *first_start_ < meaningful || work_done() <= 0) return std::nullopt;
    return work_done() / duration<double, std::ratio<60>>(now - *first_start_).count();
}

std::optional<seconds> Progress::time_left(Instant now) const {
    const auto per_minute = rate(now);
    if (!per_minute) return std::nullopt;
    const double left = std::max(0.0, static_cast<double>(total()) - work_done());
    return seconds(static_cast<long long>(left / *per_minute * 60 + 0.5));
}

Progress::Running* Progress::find(const AnyTask& task) {
    const auto found = std::ranges::find(running_, task.id(), &Running::id);
    return found == running_.end() ? nullptr : &*found;
}

}  // namespace freshet::run
