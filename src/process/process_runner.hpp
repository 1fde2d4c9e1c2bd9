// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/clock.hpp"
#include "freshet/registry.hpp"
#include "process/fork_server.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace freshet::worker {

class ChildProcess;

/// Runs each attempt in a process of its own. One that takes too long or is cancelled gets SIGTERM, and after the grace
/// SIGKILL, with its whole process group. One that crashes fails as transient.
class ProcessRunner final : public Runner {
public:
    struct Options {
        std::chrono::milliseconds grace{5'000};  ///< from SIGTERM to SIGKILL
    };

    ProcessRunner(const ForkServer& fork_server, const Registry& registry, const Clock& clock,
                  Mailbox<Message>& mailbox, Options options);
    ~ProcessRunner() override;
    ProcessRunner(const ProcessRunner&) = delete;
    ProcessRunner& operator=(const ProcessRunner&) = delete;

    void start(Attempt attempt) override;
    void cancel(const std::string& token) override;

private:
    struct Start {
        Attempt attempt;
    };
    struct Cancel {
        std::string token;
    };
    struct Shutdown {};
    using Command = std::variant<Start, Cancel, Shutdown>;

    void enqueue(Command command);

    // All below only by the runner's own thread.
    void run_loop();
    void wait_for_events();
    void handle_commands();
    void handle(Start& start);
    void handle(Cancel& cancel);
    void handle(Shutdown& shutdown);
    void on_fork_server_event();
    void terminate_overdue();
    void finish(std::size_t index, const std::string& exit_description);
    void on_fork_server_lost();
    std::size_t find(const std::string& token) const;
    void deliver(AttemptResult result);

    const ForkServer& fork_server_;
    const Registry& registry_;
    const Clock& clock_;
    Mailbox<Message>& mailbox_;
    const Options options_;

    FileDescriptor wake_;  // an eventfd: written to when there are commands
    std::mutex mutex_;
    std::vector<Command> commands_;  // guarded by mutex_

    bool is_stopping_ = false;
    bool is_fork_server_lost_ = false;
    std::vector<std::unique_ptr<ChildProcess>> children_;
    std::thread thread_;
};

}  // namespace freshet::worker
