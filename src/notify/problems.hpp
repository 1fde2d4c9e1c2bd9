// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/scheduler_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::notify {

enum class ProblemState : std::uint8_t {
    failed,       ///< needs an operator: failed for good, repeatedly, or nobody is left to retry it
    disabled,     ///< failed too often
    late,         ///< waits for a source that is not ready
    worker_lost,  ///< silent, with running tasks
    disk_full,    ///< nearly: while there is still room to record it
};

std::string_view text(ProblemState state);
std::optional<ProblemState> problem_state_from(std::string_view text);
std::vector<std::string> problem_state_names();

/// An alert of the page about one task or one worker.
struct Problem {
    std::string id{};  ///< of the task; "worker NAME"; "disk"
    ProblemState state = ProblemState::failed;
    std::string family{};  ///< empty for a worker and a disk
    std::string name{};    ///< for display
    std::string why{};     ///< a sentence that begins after the name; empty for all but the first problems of a message
    Time since{};
    bool is_retried = false;  ///< neither a problem now nor over: if it is one again, that is news

    friend bool operator==(const Problem&, const Problem&) = default;
};

Json to_json(const Problem& problem);
/// Throws Error for JSON of another kind.
Problem problem_from_json(const Json& json);

using Problems = std::map<std::string, Problem, std::less<>>;  ///< by id

/// A file system, by the folder for which it was found.
struct Disk {
    std::filesystem::path folder{};
    std::uintmax_t free = 0;  ///< bytes, for this user
};

/// The problems that somebody wants to know of.
struct ProblemFilter {
    std::vector<std::string> families{};  ///< patterns as of a shell; none: all families, workers and the disk
    std::vector<ProblemState> states{ProblemState::failed, ProblemState::disabled, ProblemState::worker_lost,
                                     ProblemState::disk_full};
    std::uintmax_t min_free = 100'000'000;  ///< bytes on the disk of the state; fewer: it is full
    std::chrono::seconds late_after{3600};  ///< since the task was registered

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
/// it is done, acknowledged, or forgotten with its task; one of a removed task becomes that of its root. `disk` is that
/// of the state; none: not known.
ProblemChanges compare_problems(const Problems& open, const scheduler::SchedulerState& state,
                                const std::optional<Disk>& disk, const ProblemFilter& filter, Time now);

}  // namespace freshet::notify
