// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/attempt_logs.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>

namespace freshet::run {

namespace {

namespace fs = std::filesystem;

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

fs::path attempt_logs_folder(const fs::path& state) { return state.string() + ".logs"; }

fs::path attempt_log_path(const fs::path& task_folder, int number) {
    return task_folder / fmt::format("{}.log", number);
}

int last_attempt_log(const fs::path& task_folder) {
    int last = 0;
    std::error_code none;
    for (fs::directory_iterator at(task_folder, none), end; !none && at != end; at.increment(none)) {
        const std::string name = at->path().filename().string();
        int number = 0;
        const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (error == std::errc() && std::string_view(rest) == ".log") last = std::max(last, number);
    }
    return last;
}

fs::path older_part(const fs::path& log) { return log.string() + ".old"; }

void AttemptLogs::started(const AnyTask& task, int attempt) {
    open_.insert_or_assign(task.id(), OpenLog{.number = attempt});
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
    const auto log = open_.find(task.id());
    const bool is_worth_a_file = end.status != worker::FinishedAttempt::Status::done;
    if (log != open_.end() && (log->second.file || is_worth_a_file)) write(task, end_of(end));
    if (log != open_.end()) open_.erase(log);
    observer_.ended(task, end);
}

void AttemptLogs::write(const AnyTask& task, std::string_view line) {
    const auto log = open_.find(task.id());
    if (log == open_.end() || has_failed_) return;
    try {
        write(task, log->second, line);
        if (!std::exchange(has_written_, true)) remove_old();
    } catch (const Error& error) {
        has_failed_ = true;  // said once
        observer_.notified(fmt::format("the logs of attempts are not kept: {}", error.what()));
    }
}

void AttemptLogs::write(const AnyTask& task, OpenLog& log, std::string_view line) const {
    const std::string text = fmt::format("{} {}\n", rfc3339(clock_.now()), line);
    if (!log.file || log.size + text.size() > longest_part) begin_part(task, log);
    write_all(log.file, text, attempt_log_path(folder_ / task.id(), log.number));
    log.size += text.size();
}

/// The first part stays; of those after it the last one, so that the log has its begin and its end.
void AttemptLogs::begin_part(const AnyTask& task, OpenLog& log) const {
    const fs::path folder = folder_ / task.id();
    create_folders(folder);
    if (!log.file) log.number = std::max(log.number, last_attempt_log(folder) + 1);
    const fs::path path = attempt_log_path(folder, log.number);
    std::string head;
    if (log.file) {
        if (log.cut > 0 || exists_at(older_part(path)))
            log.cut += log.size;
        else
            fs::rename(path, older_part(path));
        if (log.cut > 0) head = fmt::format("... {} bytes before this are left out\n", log.cut);
    }
    log.file = open_file(path, O_WRONLY | O_CREAT | O_APPEND | (log.file ? O_TRUNC : 0));
    ::flock(log.file.get(), LOCK_EX | LOCK_NB);
    write_all(log.file, head, path);
    log.size = head.size();
}

/// Once a day.
void AttemptLogs::remove_old() const {
    const auto now = fs::file_time_type::clock::now();
    const fs::path stamp = folder_ / ".pruned";
    std::error_code ignored;
    if (const auto last = fs::last_write_time(stamp, ignored); !ignored && now - last < std::chrono::days(1)) return;
    open_file(stamp, O_WRONLY | O_CREAT);
    fs::last_write_time(stamp, now, ignored);
    for (fs::directory_iterator at(folder_, ignored), end; !ignored && at != end; at.increment(ignored)) {
        std::error_code unknown;
        const auto written = fs::last_write_time(at->path(), unknown);  // of the folder: its newest file
        if (!unknown && at->is_directory(unknown) && now - written > retention) remove_tree(at->path());
    }
}

}  // namespace freshet::run
