// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "base/monotonic_clock.hpp"
#include "freshet/registry.hpp"
#include "process/attempt_protocol.hpp"
#include "process/fork_server.hpp"
#include "process/pipe.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::process {

/// The runner's view of one attempt in a process of its own. Belongs to the runner's thread.
class ChildProcess {
public:
    using Instant = std::chrono::steady_clock::time_point;
    static constexpr Instant never = Instant::max();

    /// Services of the runner, which outlive this object.
    struct Services {
        const ForkServer& fork_server;
        const Registry& registry;
        const Clock& clock;
        std::chrono::milliseconds grace;  ///< from SIGTERM to SIGKILL
        std::function<void(worker::Message)> send;
    };

    ChildProcess(worker::Attempt attempt, Services services);

    /// Requests the process; false when the fork server is gone.
    bool start();
    /// Requests another process that calls on_failure, after the attempt's own died; false when the fork server is
    /// gone.
    bool report_failure(worker::AttemptResult result);

    const std::string& token() const { return attempt_.token; }
    int messages() const { return messages_.get(); }
    int output() const { return output_.get(); }

    /// The next time at which terminate_if_overdue() has an effect.
    Instant deadline() const { return deadline_; }
    void terminate_if_overdue();
    /// Sends SIGTERM, and after the grace SIGKILL.
    void terminate(const std::string& reason);
    /// Passes a message to the task; logs a warning when it finds no room.
    void send(const worker::IncomingMessage& message) const;
    /// Kills the process group at once.
    void kill() const;

    /// Forwards some of the messages and of the output available now.
    void read_output();
    /// The result of the attempt; call once, after its process ended. `exit_description` explains a missing result;
    /// `left` is a clause that names what was killed after it, or "".
    worker::AttemptResult result(const std::string& exit_description, const std::string& left = "");
    /// True when the process died before the task's on_failure was called.
    bool must_report_failure() const { return !has_reported_ && !is_reporting_; }

private:
    bool launch(const std::function<bool(int messages, int output)>& send_request);
    void decode(std::string_view bytes);
    void on_message(worker::Message message);
    worker::AttemptResult crash_result(const std::string& exit_description);

    const worker::Attempt attempt_;
    const Services services_;
    const MonotonicClock clock_;  // for the duration of the attempt
    const Time started_;
    const std::chrono::milliseconds timeout_;
    FileDescriptor messages_;
    FileDescriptor output_;
    FileDescriptor inbox_;  // the end to which messages to the task are written, if it accepts any
    FrameDecoder decoder_;
    LineBuffer lines_;
    Instant deadline_ = never;
    std::string termination_reason_;  // "" until it is terminated
    bool is_reporting_ = false;
    bool has_reported_ = false;
    std::optional<worker::AttemptResult> result_;
};

}  // namespace freshet::process
