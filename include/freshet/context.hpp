// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "freshet/task_policy.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

class AnyTask;

/// Receives a running task's reports, for the worker, the scheduler, the terminal and the log.
class Reporter {
public:
    virtual ~Reporter() = default;
    /// Reports the fraction done, 0 to 1.
    virtual void progress(double fraction) = 0;
    /// Reports the current step.
    virtual void status(std::string_view message) = 0;
    /// Logs a line.
    virtual void log(std::string_view message) = 0;
    /// Logs a line as a warning.
    virtual void warn(std::string_view message) = 0;
    /// Gives back so much of what the task holds.
    virtual void decrease_resources(const Resources&) {}
    /// Shows where the work can be watched.
    virtual void tracking_url(std::string_view) {}
    /// Answers a message.
    virtual void respond(std::string_view /*message_id*/, std::string_view /*text*/) {}
};

/// A message to a running task, from an operator or a program (an item of Luigi's scheduler_messages).
class TaskMessage {
public:
    TaskMessage(std::string id, std::string content, Reporter& reporter)
        : id_(std::move(id)), content_(std::move(content)), reporter_(&reporter) {}

    /// The text that was sent.
    const std::string& content() const { return content_; }
    /// Answers it, for its sender to read.
    void respond(std::string_view text) const { reporter_->respond(id_, text); }

private:
    std::string id_;
    std::string content_;
    Reporter* reporter_;
};

/// The services that an attempt uses.
struct ContextServices {
    const Clock& clock;                   ///< the source of time
    Reporter& reporter;                   ///< receives what the task reports
    std::function<http::Client&()> http;  ///< made at the first use
    std::function<bool()> cancelled;      ///< true once the attempt should end soon
    int attempt = 1;                      ///< 1 at the first try
    bool may_emit = false;                ///< the class says emits_events
    std::string run_id{};                 ///< names the run
    std::string traceparent{};            ///< the run's W3C trace context
    std::string code_version{};           ///< the program's version
    bool is_own_process = false;          ///< the attempt is alone in its process, and leads its process group
    std::function<std::filesystem::path()> scratch{};  ///< makes the folder at the first call
    /// Removes and returns the messages that have come; none: the task's class does not accept any.
    std::function<std::vector<TaskMessage>()> take_messages{};
};

/// The engine's interface to a running task.
class Context {
public:
    explicit Context(ContextServices services);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    /// True when all of `tasks` (a task, freshet::all(...) or a vector) are complete; otherwise they are scheduled,
    /// and run() should return Outcome::waiting: it starts again from the top once they are.
    template <class Tasks>
    [[nodiscard]] bool require(const Tasks& tasks);

    /// The requirements of the running task that are not complete: without any, unless its class says
    /// `requirement_rule = RequirementRule::all_finished`. Throws what their targets throw.
    std::vector<AnyTask> failed_requirements() const;

    /// Reports the fraction done, 0 to 1.
    void progress(double fraction) { services_.reporter.progress(fraction); }
    /// Reports the current step to the page and the terminal.
    void status(std::string_view message) { services_.reporter.status(message); }
    /// Shows where the work can be watched, like the page of a job on a cluster: a link on the task's page, if it is
    /// http or https.
    void tracking_url(std::string_view url) { services_.reporter.tracking_url(url); }
    /// Writes a line to the log.
    void log(std::string_view message) { services_.reporter.log(message); }
    /// Writes a warning to the log, which the summary of the run repeats.
    void warn(std::string_view message) { services_.reporter.warn(message); }

    /// Gives back so much of what the task holds before it ends: other tasks get it.
    void decrease_running_resources(const Resources& amounts) { services_.reporter.decrease_resources(amounts); }

    /// True once the attempt should end soon: a long loop asks now and then, and throws or returns.
    bool cancelled() const { return services_.cancelled(); }

    /// Returns the messages that have come since the last call, oldest first; never waits. Throws Error unless the
    /// class says `static constexpr bool accepts_messages = true`.
    std::vector<TaskMessage> messages();

    /// Emits an event, which is stored with this task's completion and delivered at least once. Throws Error unless the
    /// class says `static constexpr bool emits_events = true`.
    void emit(Event event);

    /// Adds metadata to the receipts of the outputs, replacing an earlier value of the same name.
    /// LocalTarget::metadata() reads it.
    void add_metadata(std::string_view name, Json value) { metadata_[name] = std::move(value); }

    /// The source of time: of the system, or of a test.
    const Clock& clock() const { return services_.clock; }
    /// The client of the worker, which keeps its connections; thread-safe.
    http::Client& http() { return services_.http(); }
    /// 1 at the first try.
    int attempt() const { return services_.attempt; }
    /// Names the run that this attempt is part of.
    const std::string& run_id() const { return services_.run_id; }
    /// The run's W3C trace context ("traceparent"): programs that are run and events that are announced get it.
    const std::string& traceparent() const { return services_.traceparent; }
    /// The program's version, as in its receipts.
    const std::string& code_version() const { return services_.code_version; }

    /// A folder of the attempt's own, empty at the first call. It disappears with the attempt, however that ends; what
    /// is left when the whole machine stops, with the next attempt. Files in it are never staged: what LocalTarget
    /// writes there is in its place at once. It lies in the file system of the first LocalTarget of the outputs, below
    /// its folder; for a task without one, where temporary files go.
    std::filesystem::path scratch() { return services_.scratch(); }

    /// True when the attempt is alone in its process (Isolation::process).
    bool is_own_process() const { return services_.is_own_process; }

    // For the engine, after run().
    /// All events passed to emit().
    const std::vector<Event>& emitted() const { return emitted_; }
    /// The tasks of the last require() that are not complete.
    const std::vector<AnyTask>& missing() const { return missing_; }
    /// All metadata, by name.
    const Json& metadata() const { return metadata_; }
    /// All tasks passed to require().
    const std::vector<AnyTask>& required() const { return required_; }

private:
    bool require_all(std::vector<AnyTask> tasks);

    ContextServices services_;
    std::vector<Event> emitted_;
    Json metadata_ = Json::object();
    std::vector<AnyTask> missing_;
    std::vector<AnyTask> required_;
};

}  // namespace freshet
