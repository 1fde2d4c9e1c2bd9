// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/signals.hpp"
#include "freshet/exit_status.hpp"
#include "freshet/slurm.hpp"
#include "process/attempt_protocol.hpp"
#include "process/fork_server.hpp"
#include "process/process_runner.hpp"
#include "slurm/attempt_folder.hpp"
#include "worker/messages.hpp"

#include <csignal>
#include <cstdio>
#include <utility>

namespace freshet {

namespace {

using worker::AttemptResult;
using worker::AttemptStatus;
using worker::Message;

/// The program of a Slurm job: makes one attempt as a worker does in a process of its own, so that a crash, a timeout
/// and what it leaves in the background end as there, and writes its messages into the folder.
class JobProgram {
public:
    JobProgram(const slurm::ClaimedRequest& request, const std::filesystem::path& folder)
        : request_(request), messages_(folder) {}

    void run() {
        const process::ForkServer fork_server = process::ForkServer::start(request_.registry);
        const SignalListener signals({SIGTERM}, [this](int) { mailbox_.put(worker::Wakeup{}); });
        process::ProcessRunner runner(fork_server, request_.registry, clock_, mailbox_, {});
        worker::Attempt attempt = process::attempt_from_json(request_.attempt, request_.registry);
        const std::string token = attempt.token;
        runner.start(std::move(attempt));
        while (!has_result_) {
            for (Message& message : mailbox_.take_all()) {
                if (std::holds_alternative<worker::Wakeup>(message)) {
                    is_ending_ = true;
                    runner.cancel(token);
                } else {
                    forward(message);
                }
            }
            messages_.sync();
        }
    }

    /// Ends the attempt without one.
    void fail(const std::exception& error) {
        messages_.write(AttemptResult{.token = {},
                                      .failure = {FailureClass::permanent, error.what()},
                                      .started = clock_.now(),
                                      .ended = clock_.now()});
        messages_.sync();
    }

private:
    void forward(Message& message) {
        if (auto* result = std::get_if<AttemptResult>(&message)) {
            has_result_ = true;
            if (is_ending_ && result->status == AttemptStatus::failed)
                worker::mark_transient(*result, "Slurm has asked it to end");
        }
        messages_.write(message);
    }

    const slurm::ClaimedRequest& request_;
    slurm::MessageWriter messages_;
    SystemClock clock_;
    worker::Mailbox<Message> mailbox_;
    bool is_ending_ = false;
    bool has_result_ = false;
};

}  // namespace

int run_slurm_attempt(const Registry& registry, const std::filesystem::path& folder) {
    try {
        const auto request = slurm::claim_request(folder, registry);
        if (!request) throw Error("the worker has withdrawn the attempt, or another job makes it");
        JobProgram program(*request, folder);
        try {
            program.run();
        } catch (const ParameterError& error) {  // another program than the worker's
            program.fail(error);
        }
        return static_cast<int>(ExitStatus::success);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "make an attempt in a Slurm job: %s\n", error.what());
        return static_cast<int>(ExitStatus::task_failed);
    }
}

}  // namespace freshet
