// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace freshet {

/// The place where a run makes its attempts.
enum class Engine {
    by_class,  ///< each as the class of its task says (Isolation)
    local,     ///< all on this machine: a process stands in for a Slurm job
    slurm,     ///< each in a Slurm job
};

/// The jobs of a run in Slurm. A job has one node, and of its task's resources() the `cpus`, the `memory` in MiB and
/// the `gpus`; its time limit is a minute more than the task's timeout(), which begins with the job.
struct SlurmOptions {
    /// Where worker and jobs exchange files: at the same path on all nodes. Empty: STATE.slurm, beside the state.
    std::filesystem::path folder{};
    std::string partition{};               ///< empty: Slurm's default
    std::string account{};                 ///< empty: Slurm's default
    std::vector<std::string> arguments{};  ///< further ones of sbatch, which come last
    /// The start of a command that calls run_slurm_attempt() with the argument that is appended. Empty: this program's
    /// `run-attempt`, which every command_line() has.
    std::vector<std::string> command{};
    std::chrono::milliseconds folder_interval{1'000};  ///< between two readings of the messages of jobs
    std::chrono::milliseconds queue_interval{15'000};  ///< between two calls of squeue, which finds lost jobs
};

/// Makes the attempt that a worker has described in `folder`; called in a Slurm job, before any thread is started.
/// Returns the exit status of the program.
int run_slurm_attempt(const Registry& registry, const std::filesystem::path& folder);

}  // namespace freshet
