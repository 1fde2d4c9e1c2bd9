// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "run/live_line.hpp"
#include "run/progress.hpp"
#include "run/ticker.hpp"
#include "worker/observer.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace freshet::run {

/// How much of a run is told as it goes on.
enum class Telling {
    everything,  ///< to programs: starts, ends, retries
    ends,        ///< to a file that people read: what became of each task
    troubles,    ///< above a live line, which tells the rest
};

/// Tells of a run: to the log, and to the live line where there is one.
class Watch final : public worker::Observer {
public:
    Watch(Log& log, const Clock& clock, Telling telling, LiveLine* line)
        : log_(log), clock_(clock), telling_(telling), line_(line) {}

    void planned(const worker::Plan& plan) override;
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override;
    void said(const AnyTask& task, std::string_view message) override;
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override;
    void ended(const AnyTask& task, const worker::AttemptEnd& end) override;
    void noticed(std::string_view message) override;

private:
    /// The fields that every record about an attempt has.
    Json::Object fields_of(const AnyTask& task);
    void tell_end(const AnyTask& task, const worker::AttemptEnd& end);
    void draw();

    struct Attempt {
        int number;
        std::string span_id;
    };

    Log& log_;
    const Clock& clock_;
    Telling telling_;
    LiveLine* line_;
    std::mutex mutex_;  // between the worker's thread and the ticker's
    Progress progress_;
    std::unordered_map<std::string, Attempt> attempts_;  // running ones, by the task's id
    std::optional<Ticker> ticker_;                       // last: its thread uses all of the above
};

}  // namespace freshet::run
