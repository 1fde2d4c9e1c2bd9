// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "freshet/exit_status.hpp"
#include "run/outages.hpp"
#include "run/output_capture.hpp"
#include "run/progress_line.hpp"
#include "run/session.hpp"
#include "worker/observer.hpp"

#include <functional>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace freshet::run {

/// The streams and the format of a run's output.
struct OutputOptions {
    std::ostream& out;  ///< for the summary
    std::ostream& err;  ///< for the log and the progress line
    const Clock& clock;
    int terminal_width = 0;  ///< columns of `err`; 0: not a terminal, no progress line
    LogFormat format = LogFormat::plain;
    bool captures_output = false;  ///< in JSON, what else this process writes becomes records; `err` is its own
    Json::Object common_fields{};  ///< common to all JSON records
};

/// Calls `run` with the log and the observer that its output needs: a progress line, a log and a summary for people,
/// or only JSON records for programs. In the latter case an exception becomes a record, too.
ExitStatus run_with_output(OutputOptions options, const std::function<SessionResult(Log&, worker::Observer&)>& run);

/// The amount of detail that is logged during a run.
enum class Verbosity {
    everything,  ///< starts, ends and retries: for programs
    results,     ///< the result of each task: for a file that people read
    warnings,    ///< warnings and the tasks' own messages: above a progress line, which shows the rest
};

/// Logs what happens during a run and updates the progress line, if there is one. For people, an outage of a server is
/// logged once, with a count at its end. Thread-safe.
class LoggingObserver final : public worker::Observer {
public:
    /// `line` and `capture` may be null.
    LoggingObserver(Log& log, const Clock& clock, Verbosity verbosity, ProgressLine* line,
                    OutputCapture* capture = nullptr)
        : log_(log), clock_(clock), verbosity_(verbosity), line_(line), capture_(capture) {}
    /// Tells of the outages that have not ended.
    ~LoggingObserver() override;
    LoggingObserver(const LoggingObserver&) = delete;
    LoggingObserver& operator=(const LoggingObserver&) = delete;

    void planned(const worker::Plan& plan) override;
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override;
    void status_changed(const AnyTask& task, std::string_view message) override;
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override;
    void ended(const AnyTask& task, const worker::FinishedAttempt& attempt) override;
    void notified(std::string_view message) override;

private:
    /// The fields that every record about an attempt has.
    Json::Object fields_of(const AnyTask& task);
    void log_end(const AnyTask& task, const worker::FinishedAttempt& attempt);
    bool is_news(const AnyTask& task, const worker::FinishedAttempt& attempt);
    void draw();

    struct AttemptSpan {
        int number;
        std::string span_id;
    };

    Log& log_;
    const Clock& clock_;
    Verbosity verbosity_;
    ProgressLine* line_;
    OutputCapture* capture_;
    std::mutex mutex_;  // between the worker's thread and the ticker's
    Progress progress_;
    Outages outages_;
    std::unordered_map<std::string, AttemptSpan> attempts_;  // running ones, by task id
    std::optional<Ticker> ticker_;                           // last: its thread uses all of the above
};

}  // namespace freshet::run
