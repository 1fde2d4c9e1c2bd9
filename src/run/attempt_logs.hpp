// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/attempt_log.hpp"
#include "worker/observer.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace freshet::run {

/// Takes the lines of attempts. On the worker's thread.
class AttemptLogSink {
public:
    virtual ~AttemptLogSink() = default;
    /// Appends lines to the log of the attempt, which begins with its first line. Throws Error.
    virtual void append(const std::string& task_id, int attempt, std::string_view lines) = 0;
    /// The attempt has ended; it may have no log.
    virtual void end(const std::string& task_id) = 0;
};

/// Keeps them beside a state. The number of a file is that of the attempt in its run or, if an earlier run has it, the
/// next one.
class AttemptLogFiles final : public AttemptLogSink {
public:
    explicit AttemptLogFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    void append(const std::string& task_id, int attempt, std::string_view lines) override;
    void end(const std::string& task_id) override { open_.erase(task_id); }

private:
    store::AttemptLog open(const std::string& task_id, int attempt);

    std::filesystem::path folder_;
    std::map<std::string, store::AttemptLog> open_{};  ///< by task id
    bool has_written_ = false;
};

/// Forwards everything to another observer, and writes what an attempt logs, or its process prints, to its log. A disk
/// without room costs the log, not the run. On the worker's thread, as all observers.
class AttemptLogs final : public worker::Observer {
public:
    AttemptLogs(worker::Observer& observer, const Clock& clock, AttemptLogSink& sink)
        : observer_(observer), clock_(clock), sink_(sink) {}

    void planned(const worker::Plan& plan) override { observer_.planned(plan); }
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override { observer_.progressed(task, fraction); }
    void status_changed(const AnyTask& task, std::string_view message) override;
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override;
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override;
    void notified(std::string_view message) override { observer_.notified(message); }

private:
    struct RunningAttempt {
        int number = 1;
        bool has_logged = false;
    };

    void write(const AnyTask& task, std::string_view line);

    worker::Observer& observer_;
    const Clock& clock_;
    AttemptLogSink& sink_;
    std::map<std::string, RunningAttempt> running_;  ///< by task id
    bool has_failed_ = false;
};

}  // namespace freshet::run
