// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/registry.hpp"
#include "worker/attempt.hpp"
#include "worker/frames.hpp"
#include "worker/lines.hpp"
#include "worker/message.hpp"
#include "worker/nursery.hpp"

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
    struct Surrounding {
        const Nursery& nursery;
        const Registry& registry;
        const Clock& clock;
        std::chrono::milliseconds grace;
        std::function<void(Message)> send;
    };

    ChildProcess(Attempt attempt, Surrounding surrounding);

    /// Asks the nursery for the process; false when the nursery is gone.
    bool start();
    /// Asks for a last process that tells the task of its failure, since the attempt's own is dead.
    bool report_failure(AttemptResult result);

    const std::string& token() const { return attempt_.token; }
    int news() const { return news_.get(); }
    int output() const { return output_.get(); }
    void set_pid(pid_t pid) { pid_ = pid; }

    /// When end_if_overdue() has something to do next.
    Instant due() const { return due_; }
    void end_if_overdue();
    /// Tells it to end, and kills it if it has not done so after the grace.
    void end(const std::string& reason);
    /// Kills its process group at once.
    void kill() const;
    /// The same without the nursery, which is dead.
    void kill_group() const;

    /// Hands on what it has said and printed until now.
    void listen();
    /// How it ended; to be called once, when its process has. `how` is for the case that it had no result.
    AttemptResult result(const std::string& how);
    /// True when the process died and the task has not been told.
    bool must_report_failure() const { return !has_reported_ && !is_reporting_; }

private:
    bool ask(const std::function<bool(int news, int output)>& ask_nursery);
    void listen_to_news();
    void take(Message message);
    void remove_remains() const;
    AttemptResult died(const std::string& how);

    const Attempt attempt_;
    const Surrounding surrounding_;
    const Time started_;
    const std::chrono::milliseconds timeout_;
    FileDescriptor news_;
    FileDescriptor output_;
    FrameReader frames_;
    Lines lines_;
    pid_t pid_ = 0;
    Instant due_ = never;
    std::string ended_because_;  // "" unless it was told to end
    bool is_reporting_ = false;
    bool has_reported_ = false;
    std::optional<AttemptResult> result_;
};

}  // namespace freshet::worker
