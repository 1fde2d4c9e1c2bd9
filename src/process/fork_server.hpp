// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/registry.hpp"
#include "worker/attempt.hpp"

#include <sys/types.h>
#include <memory>
#include <string>

namespace freshet::worker {

/// A small process from which attempts are forked. It has one thread and never had another, since a child forked from
/// a process with many inherits locks that nobody will release. It dies with this process, and its children with it.
class ForkServer {
public:
    /// To be called by the main thread, before any other is started and before the state is opened: what is open now
    /// is closed there, and what is opened later never gets there.
    static ForkServer start(const Registry& registry);
    /// Kills it and all attempts, and waits for its end.
    ~ForkServer();
    ForkServer(ForkServer&&) noexcept = default;

    pid_t pid() const { return pid_.get() ? *pid_ : -1; }

    // For the process runner: what goes over the socket is below.
    const FileDescriptor& socket() const { return socket_; }

private:
    ForkServer(pid_t pid, FileDescriptor socket) : pid_(std::make_unique<pid_t>(pid)), socket_(std::move(socket)) {}

    std::unique_ptr<pid_t> pid_;  // none once moved from
    FileDescriptor socket_;
};

/// Asks for a child that runs the attempt. Its messages go to the pipe `messages`, what it prints to `output`. False
/// when the fork server is gone.
bool request_attempt(const ForkServer& fork_server, const Attempt& attempt, int messages, int output);

/// The same for a child that only calls the task's on_failure, since the attempt's own child is dead.
bool request_failure_report(const ForkServer& fork_server, const Attempt& attempt, const Failure& failure, int messages,
                            int output);

/// Asks for a signal to the whole process group of an attempt; nothing happens if it has ended.
bool request_signal(const ForkServer& fork_server, const std::string& token, int signal);

/// What the fork server tells of one of its children.
struct ChildEvent {
    enum class Type { started, ended, not_started };
    Type type;
    std::string token;
    int number;            ///< its process id when started, its wait status when ended
    std::string reason{};  ///< why it could not be started
};

/// Waits for the next one; none when the fork server is gone.
std::optional<ChildEvent> receive_child_event(const ForkServer& fork_server);

}  // namespace freshet::worker
