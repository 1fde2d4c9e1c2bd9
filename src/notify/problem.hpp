// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"

#include <cstdint>
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
    worker_lost,  ///< removed after its silence, though it ran tasks
    disk_full,    ///< a worker's; or nearly that of the state, while there is still room to record it
    unrunnable,   ///< ready tasks of a family that nobody will run
};

std::string_view text(ProblemState state);
std::optional<ProblemState> problem_state_from(std::string_view text);
std::vector<std::string> problem_state_names();

/// An alert of the page about one task, the ready tasks of one family, one worker or the disk.
struct Problem {
    std::string id{};  ///< of the task; "worker NAME"; "unrunnable FAMILY"; "disk"
    ProblemState state = ProblemState::failed;
    std::string family{};          ///< empty for a worker and a disk
    std::string name{};            ///< for display, short
    rpc::Parameters parameters{};  ///< those of the name
    std::string why{};  ///< a sentence that begins after the name; empty for all but the first problems of a message
    Time since{};
    bool is_retried = false;  ///< neither a problem now nor over: if it is one again, that is news
    bool is_removed = false;  ///< the scheduler only knows the failure of the task, not the task itself
    std::string root{};       ///< above the task, and above it nothing: keeps the failure when the task is removed
    std::vector<std::string> tasks{};  ///< of a lost worker or an unrunnable family: those that it was about

    friend bool operator==(const Problem&, const Problem&) = default;
};

Json to_json(const Problem& problem);
/// Throws Error for JSON of another kind.
Problem problem_from_json(const Json& json);

using Problems = std::map<std::string, Problem, std::less<>>;  ///< by id

}  // namespace freshet::notify
