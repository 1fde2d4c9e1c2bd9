// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <iosfwd>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace freshet {

enum class LogLevel { debug, info, warning, error };

/// One thing that happened, in words and in fields.
struct LogRecord {
    LogLevel level = LogLevel::info;
    std::string_view event;    ///< a stable name for programs: "task.done"
    std::string_view message;  ///< for people
    Json::Object fields{};     ///< task, task_id, attempt, dur_ms, error, ... (operations' names)
};

/// Where log records go. Safe to use from many threads.
class Log {
public:
    virtual ~Log() = default;
    virtual void write(const LogRecord& record) = 0;
};

enum class LogTime {
    of_day,  ///< "06:00:01": for who watches
    full,    ///< "2026-08-21T06:00:01.000Z": for what is read later
};

enum class LogFormat { plain, json };

/// Parses "plain" or "json"; throws ParameterError for anything else.
LogFormat parse_log_format(std::string_view text);

/// "06:00:01 message" lines; errors and warnings say so.
std::unique_ptr<Log> make_plain_log(std::ostream& out, const Clock& clock, LogTime time = LogTime::of_day);

/// One JSON object a line, with `common` fields (run_id, trace_id, pipeline, host, pid) and "seq", counted from 1, in
/// each; ASCII control characters escaped, a record longer than 16 KiB cut with "truncated":true.
std::unique_ptr<Log> make_json_log(std::ostream& out, const Clock& clock, Json::Object common);

}  // namespace freshet
