// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/disk.hpp"
#include "notify/problem.hpp"
#include "scheduler/scheduler_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::notify {

/// The problems that somebody wants to know of.
struct ProblemFilter {
    std::vector<std::string> families{};  ///< patterns as of a shell; none: all families, workers and the disk
    std::vector<ProblemState> states{ProblemState::failed, ProblemState::disabled, ProblemState::worker_lost,
                                     ProblemState::disk_full};
    std::uintmax_t min_free = default_min_free;  ///< on the disk of the state; less: it is full
    std::chrono::seconds late_after{3600};       ///< since the task was registered

    bool accepts(ProblemState state) const;
    bool accepts_family(const std::string& family) const;
};

/// The difference between the problems that were open and those that are.
struct ProblemChanges {
    Problems open{};                   ///< from now on
    std::vector<Problem> begun{};      ///< new ones, and those that came again or changed their state
    std::vector<Problem> recovered{};  ///< without those that were acknowledged or removed
};

/// More problems at once are not told apart: the later ones follow as earlier ones end.
inline constexpr std::size_t max_open_problems = 1000;
/// Problems of one message with a sentence each.
inline constexpr std::size_t max_explained = 20;

/// Compares the problems known to be open with the state of the scheduler. A problem that is retried stays open until
/// it is done, acknowledged, or forgotten with its task; one of a removed task is over with the task or its root.
/// `disk` is that of the state; none: not known.
ProblemChanges compare_problems(const Problems& open, const scheduler::SchedulerState& state,
                                const std::optional<Disk>& disk, const ProblemFilter& filter, Time now);

}  // namespace freshet::notify
