// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "run/progress.hpp"

#include <cstddef>
#include <iosfwd>
#include <mutex>
#include <string>

namespace freshet::run {

/// The text of the line: counts, rate, time left, and as much of what runs as fits into `width` columns.
std::string progress_text(const Progress& progress, Progress::Instant now, std::size_t width);

/// The last line of a terminal, rewritten as a run goes on and wiped at the end. Safe to use from many threads.
class ProgressLine {
public:
    ProgressLine(std::ostream& terminal, std::size_t width) : terminal_(terminal), width_(width) {}
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Shows how far the run has got.
    void show(const Progress& progress, Progress::Instant now);
    /// Lets `log` write its record where the line stood, and draws the line below it again.
    void write_above(Log& log, const LogRecord& record);

private:
    void draw();
    void wipe();

    std::ostream& terminal_;
    std::size_t width_;
    std::mutex mutex_;
    std::string text_;
};

/// A log whose records stand above the live line.
class LogAboveLine final : public Log {
public:
    LogAboveLine(Log& log, ProgressLine& line) : log_(log), line_(line) {}
    void write(const LogRecord& record) override { line_.write_above(log_, record); }

private:
    Log& log_;
    ProgressLine& line_;
};

}  // namespace freshet::run
