// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/registry.hpp"
#include "process/fork_server.hpp"
#include "process/frames.hpp"
#include "process/lines.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <sys/types.h>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::worker {

/// An attempt that runs in a process of its own, as its runner sees it.
class ChildProcess {
public:
    using Instant = std::chrono::steady_clock::time_point;
    static constexpr Instant never = Instant::max();

    /// What it needs of its runner; refers to things that outlive it.
    struct Services {
        const ForkServer& fork_server;
        const Registry& registry;
        const Clock& clock;
        std::chrono::milliseconds grace;
        std::function<void(Message)> send;
    };

    ChildProcess(Attempt attempt, Services services);

    /// Asks the fork server for the process; false when the fork server is gone.
    bool start();
    /// Asks for a last process that tells the task of its failure, since the attempt's own is dead.
    bool report_failure(AttemptResult result);

    const std::string& token() const { return attempt_.token; }
    int messages() const { return messages_.get(); }
    int output() const { return output_.get(); }
    void set_pid(pid_t pid) { pid_ = pid; }

    /// When terminate_if_overdue() has something to do next.
    Instant deadline() const { return deadline_; }
    void terminate_if_overdue();
    /// Tells it to end, and kills it if it has not done so after the grace.
    void terminate(const std::string& reason);
    /// Kills its process group at once.
    void kill() const;
    /// The same without the fork server, which is dead.
    void kill_group() const;

    /// Hands on what it has said and printed until now.
    void read_output();
    /// How it ended; to be called once, when its process has. `exit_description` is for the case that it had no result.
    AttemptResult result(const std::string& exit_description);
    /// True when the process died and the task has not been told.
    bool must_report_failure() const { return !has_reported_ && !is_reporting_; }

private:
    bool launch(const std::function<bool(int messages, int output)>& send_request);
    void read_messages();
    void on_message(Message message);
    void remove_temporaries() const;
    AttemptResult crash_result(const std::string& exit_description);

    const Attempt attempt_;
    const Services services_;
    const Time started_;
    const std::chrono::milliseconds timeout_;
    FileDescriptor messages_;
    FileDescriptor output_;
    FrameDecoder decoder_;
    LineBuffer lines_;
    pid_t pid_ = 0;
    Instant deadline_ = never;
    std::string termination_reason_;  // "" unless it was told to end
    bool is_reporting_ = false;
    bool has_reported_ = false;
    std::optional<AttemptResult> result_;
};

}  // namespace freshet::worker
