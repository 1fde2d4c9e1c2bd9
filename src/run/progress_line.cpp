// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/progress_line.hpp"

#include "base/printable.hpp"
#include "base/signals.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <ostream>

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
    if (RunningTask* running = find(task)) running->fraction = std::clamp(fraction, 0.0, 1.0);
}

void Progress::set_status(const AnyTask& task, std::string_view status) {
    if (RunningTask* running = find(task)) running->status = status;
}

void Progress::end(const AnyTask& task, bool is_done) {
    std::erase_if(running_, [&](const RunningTask& running) { return running.id == task.id(); });
    if (is_done && to_run_.contains(task.id())) done_.insert(task.id());
}

double Progress::work_done() const {
    double work = static_cast<double>(done());
    for (const RunningTask& running : running_) work += running.fraction;
    return work;
}

std::optional<double> Progress::rate(Instant now) const {
    constexpr seconds meaningful{1};  // before, one quick task would give thousands a minute
    if (!first_start_ || now - *first_start_ < meaningful || work_done() <= 0) return std::nullopt;
    return work_done() / duration<double, std::ratio<60>>(now - *first_start_).count();
}

std::optional<seconds> Progress::time_left(Instant now) const {
    const auto per_minute = rate(now);
    if (!per_minute) return std::nullopt;
    const double left = std::max(0.0, static_cast<double>(total()) - work_done());
    return seconds(static_cast<long long>(left / *per_minute * 60 + 0.5));
}

Progress::RunningTask* Progress::find(const AnyTask& task) {
    const auto found = std::ranges::find(running_, task.id(), &RunningTask::id);
    return found == running_.end() ? nullptr : &*found;
}

namespace {

std::string text_of(const Progress::RunningTask& running) {
    std::string text = running.description;
    if (running.fraction > 0) text += fmt::format(" {:.0f} %", running.fraction * 100);
    if (!running.status.empty()) text += fmt::format(" ({})", running.status);
    return text;
}

/// The first columns of a text, in whole UTF-8 characters.
std::string truncated(std::string_view text, std::size_t width) {
    std::string shown;
    std::size_t columns = 0;
    for (const char c : text) {
        const bool begins_character = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        if (begins_character && ++columns > width) break;
        shown += c;
    }
    return shown;
}

}  // namespace

std::string progress_text(const Progress& progress, Progress::Instant now, std::size_t width) {
    std::string text = fmt::format("{} of {}", progress.done(), progress.total());
    if (const auto rate = progress.rate(now)) text += fmt::format(", {:.3g}/min", *rate);
    if (const auto left = progress.time_left(now)) text += fmt::format(", {} left", readable_duration(*left));
    const char* separator = ": ";
    for (const auto& running : progress.running()) {
        text += separator + text_of(running);
        separator = ", ";
    }
    return truncated(printable_line(text), width);
}

ProgressLine::~ProgressLine() { erase(); }

void ProgressLine::show(const Progress& progress, Progress::Instant now) {
    const std::lock_guard lock(mutex_);
    text_ = progress_text(progress, now, width_ - 1);  // the last column would wrap on some terminals
    draw();
}

void ProgressLine::write_above(Log& log, const LogRecord& record) {
    const std::lock_guard lock(mutex_);
    erase();
    log.write(record);
    draw();
}

void ProgressLine::draw() {
    if (!text_.empty()) terminal_ << '\r' << text_ << "\x1b[K" << std::flush;
}

void ProgressLine::erase() {
    if (!text_.empty()) terminal_ << "\r\x1b[K" << std::flush;
}

namespace {

constexpr std::chrono::milliseconds tick_period{200};  // fast enough to look alive, slow enough to read

void run_ticks(const std::stop_token& stop, const std::function<void()>& tick) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    do {
        tick();
        stopped.wait_for(lock, stop, tick_period, [] { return false; });
    } while (!stop.stop_requested());
}

}  // namespace

Ticker::Ticker(std::function<void()> tick) {
    const SignalBlocker blocker;
    thread_ = std::jthread([tick = std::move(tick)](const std::stop_token& stop) { run_ticks(stop, tick); });
}

Ticker::~Ticker() = default;

}  // namespace freshet::run
