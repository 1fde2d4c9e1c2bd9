// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/registry.hpp"
#include "slurm/attempt_folder.hpp"
#include "slurm/queue.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace freshet::slurm {

/// The runner's view of one attempt in a Slurm job. Belongs to the runner's thread.
class Job {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// Services of the runner, which outlive this object.
    struct Services {
        const Registry& registry;
        const Clock& clock;
        std::function<bool()> has_room;  ///< for messages
        std::function<void(worker::Message)> send;
    };

    enum class State {
        created,   ///< is to be submitted
        in_doubt,  ///< sbatch failed: a job may exist
        submitted,
        ended,  ///< there is a result
    };

    /// Makes the folder with the request.
    Job(worker::Attempt attempt, std::filesystem::path folder, Services services);

    const std::string& token() const { return attempt_.token; }
    const std::string& id() const { return id_; }  ///< of Slurm; "" until it is known
    const std::filesystem::path& folder() const { return folder_; }
    State state() const { return state_; }
    JobRequest request(std::filesystem::path script) const;

    void on_submitted(std::string id);
    void on_submit_failed(const std::string& reason);
    /// Heeds a list of all jobs, in which this one is `listed`, or is not. What has not been seen in two of them is
    /// lost; what sbatch has refused is submitted once more, under the same token.
    void on_listed(const ListedJob* listed);
    /// Forwards the messages that are there, and keeps the result.
    void read_messages() { read_messages(services_.has_room); }

    /// The attempt is to fail as cancelled.
    void on_cancel(Instant now) { cancelled_at_ = cancelled_at_.value_or(now); }
    /// Since when its job should have ended by itself; nullopt if it may go on.
    std::optional<Instant> cancelled_at() const { return cancelled_at_; }
    /// True after fail(): its job may still exist.
    bool is_lost() const { return is_lost_; }
    /// Ends the attempt for want of a result.
    void fail(const std::string& reason);
    /// Of an attempt that has ended; call once.
    worker::AttemptResult result();

private:
    void read_messages(const std::function<bool()>& goes_on);
    void on_message(worker::Message message);
    void on_ended(const ListedJob& listed);
    void report(const ListedJob& listed);

    const worker::Attempt attempt_;
    const std::filesystem::path folder_;
    const Services services_;
    const Time created_;
    MessageReader messages_;
    State state_ = State::created;
    std::string id_;
    int submissions_ = 0;
    std::string submit_error_;
    int missed_lists_ = 0;  ///< in a row, without it
    std::string reported_;  ///< the last status of Slurm
    std::optional<Instant> completed_at_;
    std::optional<Instant> cancelled_at_;
    std::optional<worker::AttemptResult> result_;
    bool is_lost_ = false;
};

}  // namespace freshet::slurm
