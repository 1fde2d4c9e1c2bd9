// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/slurm.hpp"
#include "worker/attempt.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::slurm {

/// A command of Slurm failed: it refuses, or cannot be reached. After a failed sbatch the job may exist.
class SlurmError : public TransientError {
public:
    using TransientError::TransientError;
};

/// A job that is to be submitted.
struct JobRequest {
    std::string name;     ///< FAMILY.TOKEN: by the attempt's token it is found again
    std::string comment;  ///< the task's id
    int cpus = 0;         ///< 0: Slurm's default, as for the others
    int memory = 0;       ///< in MiB
    int gpus = 0;
    std::chrono::milliseconds timeout{0};  ///< of the attempt; 0: none
    std::filesystem::path script{};
    std::filesystem::path folder{};  ///< of the attempt, the argument of the script
};

/// A job as squeue lists it.
struct ListedJob {
    std::string id;
    std::string state;   ///< Slurm's word, like PENDING
    std::string reason;  ///< why it is pending
    std::string token;   ///< of its attempt

    /// True once it runs no more, whatever came of it. An unknown word is no end.
    bool has_ended() const;
    bool is_pending() const { return state == "PENDING"; }

    friend bool operator==(const ListedJob&, const ListedJob&) = default;
};

/// Returns what the attempt asks for, without script and folder. Never throws: an error in the task's policy was found
/// during planning.
JobRequest request_for(const worker::Attempt& attempt);

/// Returns the command that submits the job.
std::vector<std::string> sbatch_command(const JobRequest& request, const SlurmOptions& options);

/// Returns the job's id in the output of `sbatch --parsable`, among whatever else a site prints; "" when there is none.
std::string parse_job_id(const std::vector<std::string>& lines);

/// The format of squeue that parse_jobs() reads: the name, which may contain anything, is last.
inline constexpr std::string_view list_format = "%i|%T|%r|%j";
/// Returns the jobs in the output of squeue that have a name like those of JobRequest.
std::vector<ListedJob> parse_jobs(const std::vector<std::string>& lines);

/// Slurm's queue, by its command line tools. Each call blocks for up to half a minute, and throws SlurmError. A stop
/// request interrupts submit().
///
/// A controller that was killed forgets the jobs of its last seconds, and gives their ids to others: an id that was not
/// listed just now is no proof.
class Queue {
public:
    /// Throws ConfigError when the tools are not in PATH.
    Queue(const Clock& clock, SlurmOptions options, std::stop_token stop);

    /// Returns the new job's id.
    std::string submit(const JobRequest& request) const;
    /// Lists this user's jobs, also those that have ended within the last minutes (Slurm's MinJobAge).
    std::vector<ListedJob> jobs() const;
    /// Sends SIGTERM to the program of a running job of that id and name; fails for others.
    void terminate(const std::string& id, const std::string& name) const;
    /// Ends jobs that were just listed; those that have ended are ignored.
    void cancel(const std::vector<std::string>& ids) const;

private:
    std::vector<std::string> call(const std::vector<std::string>& command, const std::stop_token& stop) const;

    const Clock& clock_;
    const SlurmOptions options_;
    const std::stop_token stop_;
};

}  // namespace freshet::slurm
