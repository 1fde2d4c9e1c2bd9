// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/attempt_log_upload.hpp"

#include "base/url_encoding.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_piece = 256 << 10;
constexpr auto interval = 1s;           // between two pieces of a log, unless more waits
constexpr auto busy_interval = 100ms;   // so that one attempt does not take more than 2.5 MB/s of the scheduler
constexpr auto pause_after_error = 2s;  // while it is away or busy
constexpr auto time_to_finish = 10s;    // for what is left at the end of the run

}  // namespace

AttemptLogUpload::AttemptLogUpload(worker::SchedulerAddress address, std::string run_id, const Clock& clock)
    : run_id_(std::move(run_id)),
      clock_(clock),
      client_(http::make_client()),
      rpc_(std::move(address), *client_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

AttemptLogUpload::~AttemptLogUpload() = default;

void AttemptLogUpload::assigned(const rpc::Work& work) {
    const auto* assignment = std::get_if<rpc::Assignment>(&work.assignment);
    if (!assignment || assignment->attempt == 0) return;
    const std::lock_guard lock(mutex_);
    numbers_[assignment->task_id] = static_cast<int>(assignment->attempt);
}

void AttemptLogUpload::append(const std::string& task_id, int attempt, std::string_view lines) {
    const std::lock_guard lock(mutex_);
    if (is_refused_) return;
    if (!running_.contains(task_id)) {
        const auto number = numbers_.find(task_id);
        const std::uint64_t key = ++last_key_;
        logs_.emplace(key, Log{.task_id = task_id, .number = number == numbers_.end() ? attempt : number->second});
        running_.emplace(task_id, key);
    }
    if (const auto log = logs_.find(running_.at(task_id)); log != logs_.end()) log->second.text.append(lines);
}

void AttemptLogUpload::end(const std::string& task_id) {
    const std::lock_guard lock(mutex_);
    numbers_.erase(task_id);
    const auto running = running_.find(task_id);
    if (running == running_.end()) return;
    const auto log = logs_.find(running->second);
    running_.erase(running);
    if (log == logs_.end()) return;
    log->second.has_ended = true;
    if (log->second.sent == log->second.text.end()) logs_.erase(log);
}

void AttemptLogUpload::run(const std::stop_token& stop) {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    while (true) {
        std::uint64_t last = 0;
        const bool is_well = send_each(last);
        std::unique_lock lock(mutex_);
        if (stop.stop_requested() && !deadline) deadline = clock_.steady_now() + time_to_finish;
        const bool has_rest =
            std::ranges::any_of(logs_, [](const auto& log) { return log.second.sent < log.second.text.end(); });
        const bool is_busy = std::ranges::any_of(logs_, [](const auto& log) {
            return log.second.has_ended || log.second.sent + longest_piece < log.second.text.end();
        });
        if (deadline && (!has_rest || !is_well || clock_.steady_now() > *deadline)) return;
        if (deadline) continue;
        const std::chrono::milliseconds pause = !is_well ? pause_after_error : is_busy ? busy_interval : interval;
        stopped_.wait_for(lock, stop, pause, [] { return false; });
    }
}

/// Sends a piece of each log that has one; false after an error.
bool AttemptLogUpload::send_each(std::uint64_t& last) {
    while (const auto piece = next_piece(last)) {
        last = piece->log;
        if (!send(*piece)) return false;
    }
    return true;
}

std::optional<AttemptLogUpload::Piece> AttemptLogUpload::next_piece(std::uint64_t after) {
    const std::lock_guard lock(mutex_);
    for (auto log = logs_.upper_bound(after); log != logs_.end(); ++log)
        if (const Log& each = log->second; each.sent < each.text.end())
            return Piece{.log = log->first,
                         .task_id = each.task_id,
                         .number = each.number,
                         .text = each.text.read(each.sent, longest_piece)};
    return std::nullopt;
}

/// False when it is to be tried again.
bool AttemptLogUpload::send(const Piece& piece) {
    const std::string query = form_encoded(
        {{"attempt", std::to_string(piece.number)}, {"run", run_id_}, {"position", std::to_string(piece.text.begin)}});
    int status = 0;
    try {
        status = rpc_.send_text(fmt::format("/api/v1/task/{}/log?{}", percent_encoded(piece.task_id), query),
                                piece.text.text)
                     .status;
    } catch (const Error&) {
        return false;  // the worker's own calls report a scheduler that is away
    }
    if (status == 200) {
        on_sent(piece);
    } else if (status == 404 || status == 405) {  // an older freshetd
        const std::lock_guard lock(mutex_);
        is_refused_ = true;
        logs_.clear();
    } else if (status < 500 && status != 408 && status != 429) {
        drop(piece.log);
    } else {
        return false;
    }
    return true;
}

void AttemptLogUpload::on_sent(const Piece& piece) {
    const std::lock_guard lock(mutex_);
    const auto log = logs_.find(piece.log);
    if (log == logs_.end()) return;
    log->second.sent = piece.text.end;
    if (log->second.has_ended && log->second.sent == log->second.text.end()) logs_.erase(log);
}

void AttemptLogUpload::drop(std::uint64_t log) {
    const std::lock_guard lock(mutex_);
    logs_.erase(log);
}

}  // namespace freshet::run
