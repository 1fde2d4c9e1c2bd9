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

namespace freshet::process {

class ChildProcess;

/// Runs each attempt in a process of its own. After its timeout or a cancellation its process group gets SIGTERM, and
/// after the grace SIGKILL. A crash is a transient failure. Attempts whose output finds no room in the mailbox are not
/// read meanwhile, so that they wait; their results take no room. Thread-safe; results arrive in the mailbox.
class ProcessRunner final : public worker::Runner {
public:
    struct Options {
        std::chrono::milliseconds grace{5'000};  ///< from SIGTERM to SIGKILL
    };

    ProcessRunner(const ForkServer& fork_server, const Registry& registry, const Clock& clock,
                  worker::Mailbox<worker::Message>& mailbox, Options options);
    ~ProcessRunner() override;
    ProcessRunner(const ProcessRunner&) = delete;
    ProcessRunner& operator=(const ProcessRunner&) = delete;

    void start(worker::Attempt attempt) override;
    void cancel(const std::string& token) override;
    void send(const std::string& token, worker::IncomingMessage message) override;

private:
    struct Start {
        worker::Attempt attempt;
    };
    struct Cancel {
        std::string token;
    };
    struct Send {
        std::string token;
        worker::IncomingMessage message;
    };
    struct Shutdown {};
    using Command = std::variant<Start, Cancel, Send, Shutdown>;

    void enqueue(Command command);

    // Everything below runs on the runner's own thread.
    void run_loop();
    void wait_for_events();
    void handle_commands();
    void handle(Start& start);
    void handle(Cancel& cancel);
    void handle(Send& send);
    void handle(Shutdown& shutdown);
    void on_fork_server_event();
    void terminate_overdue();
    bool may_read();
    void finish(std::size_t index, const std::string& exit_description, const std::string& left);
    void on_fork_server_lost();
    std::size_t find(const std::string& token) const;
    void deliver(worker::AttemptResult result);

    const ForkServer& fork_server_;
    const Registry& registry_;
    const Clock& clock_;
    worker::Mailbox<worker::Message>& mailbox_;
    const Options options_;

    // An eventfd, written to after each command and when the mailbox has room again, then perhaps after the runner's
    // end.
    const std::shared_ptr<const FileDescriptor> wake_;
    std::mutex mutex_;
    std::vector<Command> commands_;  // guarded by mutex_

    bool is_stopping_ = false;
    bool is_fork_server_lost_ = false;
    std::vector<std::unique_ptr<ChildProcess>> children_;
    std::thread thread_;
};

}  // namespace freshet::process
