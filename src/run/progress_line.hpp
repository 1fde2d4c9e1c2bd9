// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "freshet/task.hpp"
#include "worker/plan.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace freshet::run {

/// The progress of a run: the source of the progress line and of the counts in the log.
class Progress {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct RunningTask {
        std::string id;
        std::string description;
        double fraction = 0;   ///< done, from 0 to 1
        std::string status{};  ///< status message of the task
    };

    /// Counts the tasks of the plan that are to run; called again when the plan has grown.
    void add_plan(const worker::Plan& plan);
    void start(const AnyTask& task, Instant now);
    void advance(const AnyTask& task, double fraction);
    void set_status(const AnyTask& task, std::string_view status);
    /// Ends the attempt, and with `is_done` the task.
    void end(const AnyTask& task, bool is_done);

    std::size_t total() const { return to_run_.size(); }
    std::size_t done() const { return done_.size(); }
    const std::vector<RunningTask>& running() const { return running_; }
    /// Tasks per minute, counting running tasks by their fraction; nullopt during the first second.
    std::optional<double> rate(Instant now) const;
    /// The estimated remaining time at that rate.
    std::optional<std::chrono::seconds> time_left(Instant now) const;

private:
    double work_done() const;
    RunningTask* find(const AnyTask& task);

    std::unordered_set<std::string> to_run_;  // ids
    std::unordered_set<std::string> done_;    // subset of to_run_
    std::vector<RunningTask> running_;
    std::optional<Instant> first_start_;
};

/// The text of the progress line: counts, rate, time left and as many of the running tasks as fit into `width` columns.
std::string progress_text(const Progress& progress, Progress::Instant now, std::size_t width);

/// The last line of a terminal, rewritten during a run and erased by the destructor. Thread-safe.
class ProgressLine {
public:
    ProgressLine(std::ostream& terminal, std::size_t width) : terminal_(terminal), width_(width) {}
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Progress& progress, Progress::Instant now);
    /// Erases the line, writes the record to `log` in its place and draws the line again below.
    void write_above(Log& log, const LogRecord& record);

private:
    void draw();
    void erase();

    std::ostream& terminal_;
    std::size_t width_;
    std::mutex mutex_;
    std::string text_;
};

/// A log that writes its records above a progress line.
class LogAboveLine final : public Log {
public:
    LogAboveLine(Log& log, ProgressLine& line) : log_(log), line_(line) {}
    void write(const LogRecord& record) override { line_.write_above(log_, record); }

private:
    Log& log_;
    ProgressLine& line_;
};

/// Calls a function at once and then five times a second on its own thread, until destroyed. The thread blocks all
/// signals, so that they are delivered to the threads that handle them.
class Ticker {
public:
    explicit Ticker(std::function<void()> tick);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    std::jthread thread_;
};

}  // namespace freshet::run
