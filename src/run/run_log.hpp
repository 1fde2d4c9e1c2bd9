// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "run/progress.hpp"
#include "run/progress_line.hpp"
#include "run/ticker.hpp"
#include "worker/observer.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace freshet::run {

/// How much of a run is told as it goes on.
enum class Verbosity {
    everything,  ///< to programs: starts, ends, retries
    results,     ///< to a file that people read: what became of each task
    warnings,    ///< above a live line, which tells the rest
};

/// Tells of a run: to the log, and to the live line where there is one.
class LoggingObserver final : public worker::Observer {
public:
    LoggingObserver(Log& log, const Clock& clock, Verbosity verbosity, ProgressLine* line)
        : log_(log), clock_(clock), verbosity_(verbosity), line_(line) {}

    void planned(const worker::Plan& plan) override;
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override;
    void status_changed(const AnyTask& task, std::string_view message) override;
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override;
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override;
    void notified(std::string_view message) override;

private:
    /// The fields that every record about an attempt has.
    Json::Object fields_of(const AnyTask& task);
    void log_end(const AnyTask& task, const worker::FinishedAttempt& end);
    void draw();

    struct Attempt {
        int number;
        std::string span_id;
    };

    Log& log_;
    const Clock& clock_;
    Verbosity verbosity_;
    ProgressLine* line_;
    std::mutex mutex_;  // between the worker's thread and the ticker's
    Progress progress_;
    std::unordered_map<std::string, Attempt> attempts_;  // running ones, by the task's id
    std::optional<Ticker> ticker_;                       // last: its thread uses all of the above
};

}  // namespace freshet::run
