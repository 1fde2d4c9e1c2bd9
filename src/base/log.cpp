// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "base/json_write.hpp"
#include "base/printable.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <ostream>

namespace freshet {

namespace {

constexpr std::size_t longest_record = 16'384;  // collectors split or drop longer lines

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "info";
}

class PlainLog final : public Log {
public:
    PlainLog(std::ostream& out, const Clock& clock, LogTime time) : out_(out), clock_(clock), time_(time) {}

    void write(const LogRecord& record) override {
        const auto now = rfc3339(clock_.now());
        const auto time = time_ == LogTime::full ? now : now.substr(11, 8);
        const auto level = record.level >= LogLevel::warning ? fmt::format("{}: ", name_of(record.level)) : "";
        const auto line = fmt::format("{} {}{}\n", time, level, printable_line(record.message));
        const std::lock_guard lock(mutex_);
        out_ << line << std::flush;
    }

private:
    std::mutex mutex_;
    std::ostream& out_;
    const Clock& clock_;
    LogTime time_;
};

class JsonLog final : public Log {
public:
    JsonLog(std::ostream& out, const Clock& clock, Json::Object common)
        : out_(out), clock_(clock), common_(std::move(common)) {}

    void write(const LogRecord& record) override {
        Json::Object line = start(record, record.message);
        line.insert(line.end(), record.fields.begin(), record.fields.end());
        const std::lock_guard lock(mutex_);
        line.emplace_back("seq", ++written_);
        std::string text = valid_json(line).python_text();  // ASCII: no byte of it can harm a terminal
        if (text.size() > longest_record) text = truncated(record);
        out_ << text << '\n' << std::flush;
    }

private:
    Json::Object start(const LogRecord& record, std::string_view message) const {
        Json::Object line{
            {"ts", rfc3339(clock_.now())}, {"level", name_of(record.level)}, {"event", record.event}, {"msg", message}};
        line.insert(line.end(), common_.begin(), common_.end());
        return line;
    }

    /// The record without its own fields, and with as much of its message as surely fits.
    std::string truncated(const LogRecord& record) const {
        constexpr std::size_t bytes = longest_record / 2 / 6;  // each byte may take six ("\u00e9")
        Json::Object line = start(record, record.message.substr(0, bytes));
        line.emplace_back("truncated", true);
        line.emplace_back("seq", written_);
        return valid_json(line).python_text();
    }

    std::mutex mutex_;
    std::ostream& out_;
    const Clock& clock_;
    Json::Object common_;
    std::int64_t written_ = 0;  // tells a reader that sorts or loses lines
};

}  // namespace

LogFormat parse_log_format(std::string_view text) {
    if (text == "plain") return LogFormat::plain;
    if (text == "json") return LogFormat::json;
    throw ParameterError(fmt::format("'{}' is neither 'plain' nor 'json'", text));
}

std::unique_ptr<Log> make_plain_log(std::ostream& out, const Clock& clock, LogTime time) {
    return std::make_unique<PlainLog>(out, clock, time);
}

std::unique_ptr<Log> make_json_log(std::ostream& out, const Clock& clock, Json::Object common) {
    return std::make_unique<JsonLog>(out, clock, std::move(common));
}

}  // namespace freshet
