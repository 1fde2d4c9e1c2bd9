// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/registry.hpp"
#include "worker/attempt.hpp"

#include <sys/types.h>
#include <memory>
#include <string>

namespace freshet::process {

/// A single-threaded process from which attempts are forked: a child of a process with threads would inherit locks that
/// are never released. It dies with this process, and with it its children and all that these have started.
class ForkServer {
public:
    /// Forks it. Must be called on the main thread, before any other thread starts, before the state is opened and
    /// before targets are asked: the fork server retires what is open now, and never sees what is opened later.
    static ForkServer start(const Registry& registry);
    /// Kills it and all attempts, and waits for its end.
    ~ForkServer();
    ForkServer(ForkServer&&) noexcept = default;

    /// -1 once moved from.
    pid_t pid() const { return pid_.get() ? *pid_ : -1; }

    /// The socket of the requests and events below.
    const FileDescriptor& socket() const { return socket_; }

private:
    ForkServer(pid_t pid, FileDescriptor socket) : pid_(std::make_unique<pid_t>(pid)), socket_(std::move(socket)) {}

    std::unique_ptr<pid_t> pid_;  // null once moved from
    FileDescriptor socket_;
};

/// Requests a child that runs the attempt, writes its messages to the pipe `messages` and its output to `output`, and
/// reads the messages to it from the socket `inbox`, unless that is -1. False when the fork server is gone.
bool request_attempt(const ForkServer& fork_server, const worker::Attempt& attempt, int messages, int output,
                     int inbox = -1);

/// Requests a child that only calls the task's on_failure, after the attempt's own child died.
bool request_failure_report(const ForkServer& fork_server, const worker::Attempt& attempt, const Failure& failure,
                            int messages, int output);

/// Requests a signal, SIGTERM or SIGKILL, to the process group of an attempt; has no effect if it has ended.
bool request_signal(const ForkServer& fork_server, const std::string& token, int signal);

/// The end of one attempt's process and of all that it had started, or the failure to start it.
struct ChildEvent {
    enum class Type { ended, not_started };
    Type type;
    std::string token;
    int wait_status = 0;   ///< of `ended`
    std::string left{};    ///< of `ended`: clause that names what was killed after it; "": nothing
    std::string reason{};  ///< of `not_started`
};

/// Blocks until the next event; nullopt when the fork server is gone.
std::optional<ChildEvent> receive_child_event(const ForkServer& fork_server);

}  // namespace freshet::process
