// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/registry.hpp"
#include "freshet/slurm.hpp"
#include "slurm/attempt_folder.hpp"
#include "slurm/job.hpp"
#include "slurm/queue.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace freshet::slurm {

/// Runs each attempt as a Slurm job of this program. A job that Slurm has lost, or that others have cancelled, is a
/// transient failure; while Slurm cannot be reached, nothing is decided. Jobs of workers that have died are cancelled
/// before the first one is submitted, and at each inspection of the queue. Thread-safe; results arrive in the mailbox.
class SlurmRunner final : public worker::Runner {
public:
    /// `options.folder` is set. Throws ConfigError when Slurm's tools are missing, Error when the folder is unusable.
    SlurmRunner(const Registry& registry, const Clock& clock, worker::Mailbox<worker::Message>& mailbox,
                SlurmOptions options);
    ~SlurmRunner() override;
    SlurmRunner(const SlurmRunner&) = delete;
    SlurmRunner& operator=(const SlurmRunner&) = delete;

    void start(worker::Attempt attempt) override;
    void cancel(const std::string& token) override;
    /// Answers that an attempt in a job takes no messages.
    void send(const std::string& token, worker::IncomingMessage message) override;

private:
    using Instant = Job::Instant;

    // Everything below runs on the runner's own thread.
    void run_loop();
    void handle_commands();
    void create_job(worker::Attempt attempt);
    void cancel_job(const std::string& token);
    void inspect_queue();
    void cancel_jobs_of_dead_workers(const std::vector<ListedJob>& listed);
    void cancel_unwanted(const std::vector<ListedJob>& listed);
    bool is_unwanted(const ListedJob& listed) const;
    void submit_jobs();
    void read_messages();
    void finish_ended();
    void end_all();
    void log(const std::string& text, bool is_warning);
    template <class Use>
    void guard(Job& job, Use use);

    const Registry& registry_;
    const Clock& clock_;
    worker::Mailbox<worker::Message>& mailbox_;
    const SlurmOptions options_;
    std::stop_source stop_;
    const Queue queue_;
    RunFolder folder_;

    std::mutex mutex_;  // guards the following
    std::condition_variable_any changed_;
    std::vector<worker::Attempt> started_;
    std::vector<std::string> cancelled_;

    std::vector<std::unique_ptr<Job>> jobs_;
    std::set<std::string> lost_;  ///< tokens of attempts that are over, although a job may exist
    Instant next_inspection_{};   // at once
    bool is_reachable_ = true;
    std::thread thread_;
};

}  // namespace freshet::slurm
