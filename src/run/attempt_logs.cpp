// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/attempt_logs.hpp"

#include "base/time.hpp"
#include "store/attempt_log_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace freshet::run {

namespace {

constexpr std::chrono::days retention{90};  // as of the history

std::string end_of(const worker::FinishedAttempt& end) {
    const std::string took = readable_duration(end.took);
    switch (end.status) {
        case worker::FinishedAttempt::Status::done:
            return fmt::format("done in {}", took);
        case worker::FinishedAttempt::Status::waiting:
            return fmt::format("waits after {}: {}", took, end.message);
        case worker::FinishedAttempt::Status::failed:
            return fmt::format("failed after {}: {}", took, end.message);
        case worker::FinishedAttempt::Status::lost:
            return fmt::format("lost after {}: {}", took, end.message);
    }
    return took;
}

}  // namespace

store::AttemptLog AttemptLogFiles::open(const std::string& task_id, int attempt) {
    const auto folder = store::task_logs_folder(folder_, task_id);
    create_folders(folder);
    return store::AttemptLog::open(
        store::attempt_log_path(folder, std::max(attempt, store::last_attempt_log(folder) + 1)));
}

void AttemptLogFiles::append(const std::string& task_id, int attempt, std::string_view lines) {
    auto log = open_.find(task_id);
    if (log == open_.end()) log = open_.emplace(task_id, open(task_id, attempt)).first;
    log->second.append(lines);
    if (!std::exchange(has_written_, true)) store::remove_old_logs(folder_, retention);
}

void AttemptLogs::started(const AnyTask& task, int attempt) {
    running_.insert_or_assign(task.id(), RunningAttempt{.number = attempt});
    observer_.started(task, attempt);
}

void AttemptLogs::status_changed(const AnyTask& task, std::string_view message) {
    write(task, fmt::format("status: {}", message));
    observer_.status_changed(task, message);
}

void AttemptLogs::logged(const AnyTask& task, std::string_view message, bool is_warning) {
    write(task, is_warning ? fmt::format("warning: {}", message) : std::string(message));
    observer_.logged(task, message, is_warning);
}

void AttemptLogs::ended(const AnyTask& task, const worker::FinishedAttempt& end) {
    const auto attempt = running_.find(task.id());
    const bool is_worth_a_log = end.status != worker::FinishedAttempt::Status::done;
    if (attempt != running_.end() && (attempt->second.has_logged || is_worth_a_log)) write(task, end_of(end));
    if (attempt != running_.end()) {
        running_.erase(attempt);
        sink_.end(task.id());
    }
    observer_.ended(task, end);
}

void AttemptLogs::write(const AnyTask& task, std::string_view line) {
    const auto attempt = running_.find(task.id());
    if (attempt == running_.end() || has_failed_) return;
    try {
        sink_.append(task.id(), attempt->second.number, fmt::format("{} {}\n", rfc3339(clock_.now()), line));
        attempt->second.has_logged = true;
    } catch (const std::exception& error) {
        has_failed_ = true;  // said once
        observer_.notified(fmt::format("the logs of attempts are not kept: {}", error.what()));
    }
}

}  // namespace freshet::run
