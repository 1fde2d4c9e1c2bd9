// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/context.hpp"
#include "freshet/http.hpp"
#include "freshet/published_target.hpp"
#include "freshet/task.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// For the tests of pipelines. A library of its own: freshet::testing.
namespace freshet {

/// A text in the memory of the process that runs the worker. It is published, fenced and retired as targets elsewhere
/// are: what run() writes is staged, also in a process of its own. Thread-safe.
class MemoryTarget {
public:
    explicit MemoryTarget(std::string name) : name_(std::move(name)) {}

    /// Removes all targets, for the next test.
    static void clear();

    /// The name that it was made with.
    const std::string& name() const { return name_; }
    /// "memory:" and the name.
    std::string address() const { return "memory:" + name_; }
    bool exists() const;
    static std::vector<bool> exist(const std::vector<MemoryTarget>& targets);

    /// Stages the text in an attempt, puts it in place elsewhere.
    void write(std::string_view content) const;
    /// Throws Error where nothing is.
    std::string read() const;

    // For the engine (published_target.hpp).
    void begin(TargetAttempt& attempt) const;
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const;
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const;
    void abort(TargetAttempt& attempt) const;
    std::optional<Json> receipt() const;
    std::optional<Content> content() const;
    /// Moves it to "NAME.stale".
    std::string retire() const;

    friend bool operator==(const MemoryTarget&, const MemoryTarget&) = default;

private:
    std::string name_;
};

/// Time that passes only when a test says so; it begins at 2026-01-01T00:00:00Z. Not thread-safe.
class ManualClock final : public Clock {
public:
    /// The beginning plus the sum of advance().
    Time now() const override { return Time(std::chrono::seconds{1'767'225'600}) + passed_; }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::time_point{} + passed_;
    }
    /// Lets time pass.
    void advance(std::chrono::milliseconds time) { passed_ += time; }

private:
    std::chrono::milliseconds passed_{0};
};

/// An upstream by script: answers by URL, and records what it was asked. Thread-safe.
class ScriptedHttp final : public http::Client {
public:
    /// The next answer to requests for that URL, of any method. The last one is given again and again.
    void answer(const std::string& url, http::Response response);
    /// Throws Error for a URL without answer. A response of status 0 in the script is no answer: a TransientError.
    http::Response send(const http::Request& request) override;
    /// All requests until now, in order.
    std::vector<http::Request> requests() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<http::Response>> answers_;  ///< by URL
    std::vector<http::Request> requests_;
};

/// Runs tasks in a unit test: on its thread, one attempt each, without scheduler, state and receipts. What a task
/// throws is thrown to the test. Its targets are in place at once.
class TaskTester {
public:
    /// Makes an empty folder, which is removed at the end.
    TaskTester();
    ~TaskTester();
    TaskTester(const TaskTester&) = delete;
    TaskTester& operator=(const TaskTester&) = delete;

    /// The folder for the outputs and scratch files of a test.
    const std::filesystem::path& root() const { return root_; }
    /// Makes root() the working directory until the end, for tasks with relative paths.
    void enter_root();
    /// The clock and the client of the tasks: Context::clock(), Context::http().
    ManualClock& clock() { return clock_; }
    /// The upstream of the tasks: Context::http().
    ScriptedHttp& http() { return http_; }

    /// Calls run() of the task alone. Throws Error if it is done and has not made one of its outputs.
    Outcome run(const AnyTask& task);
    /// Runs what is not complete of the task and all that it requires, requirements first, also those that run()
    /// requires. Throws Error for an external task that is not complete, and for a cycle.
    void build(const AnyTask& task);

    /// Sends the next task that asks for messages one.
    void send(std::string message) { inbox_.push_back(std::move(message)); }
    /// What tasks answered, in order.
    const std::vector<std::string>& responses() const { return responses_; }

    /// The ids of the tasks whose run() was called, in order.
    const std::vector<std::string>& attempts() const { return attempts_; }
    /// The events, warnings and log lines of the tasks, in order.
    const std::vector<Event>& events() const { return events_; }
    /// The warnings of the tasks, in order.
    const std::vector<std::string>& warnings() const { return warnings_; }
    /// The lines that the tasks have logged, in order.
    const std::vector<std::string>& log() const { return log_; }

private:
    class TestReporter;
    Outcome run_once(const AnyTask& task, std::vector<AnyTask>& missing);
    void build_below(const AnyTask& task, std::set<std::string>& open);

    std::filesystem::path root_;
    std::filesystem::path left_folder_{};  ///< the working directory before enter_root(); empty: it is still that
    ManualClock clock_;
    ScriptedHttp http_;
    std::vector<std::string> attempts_;
    std::vector<Event> events_;
    std::vector<std::string> warnings_;
    std::vector<std::string> log_;
    std::vector<std::string> inbox_;
    std::vector<std::string> responses_;
};

}  // namespace freshet
