// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/clock.hpp"
#include "freshet/registry.hpp"
#include "worker/mailbox.hpp"
#include "worker/message.hpp"
#include "worker/nursery.hpp"
#include "worker/runner.hpp"

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

    ProcessRunner(const Nursery& nursery, const Registry& registry, const Clock& clock, Mailbox<Message>& mailbox,
                  Options options);
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
    struct End {};
    using Command = std::variant<Start, Cancel, End>;

    void give(Command command);

    // All below only by the runner's own thread.
    void work();
    void wait_for_news();
    void obey_commands();
    void obey(Start& start);
    void obey(Cancel& cancel);
    void obey(End& end);
    void hear_nursery();
    void end_overdue();
    void finish(std::size_t index, const std::string& how);
    void lose_nursery();
    std::size_t find(const std::string& token) const;
    void deliver(AttemptResult result);

    const Nursery& nursery_;
    const Registry& registry_;
    const Clock& clock_;
    Mailbox<Message>& mailbox_;
    const Options options_;

    FileDescriptor wake_;  // an eventfd: written to when there are commands
    std::mutex mutex_;
    std::vector<Command> commands_;  // guarded by mutex_

    bool is_ending_ = false;
    bool is_nursery_gone_ = false;
    std::vector<std::unique_ptr<ChildProcess>> children_;
    std::thread thread_;
};

}  // namespace freshet::worker
