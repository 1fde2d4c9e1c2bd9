// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// What holds on every day, whatever crashes, hangs, gets lost or comes back: the scheduler's promises, each by a name.
/// tests/scheduler/onlooker.cpp is where a day is held to them. A worker is *trusted* from the moment it is given a
/// task until it was silent for longer than `worker_disconnect_delay`; a start of the scheduler counts as a sign of
/// life.
namespace freshet::test::invariant {

inline constexpr std::string_view one_holder = "no two trusted workers have the same task";

inline constexpr std::string_view one_publisher =
    "no output is put in place under a lease that a later one has followed, by a worker that asks before it does so";

inline constexpr std::string_view leases_grow =
    "a lease is greater than every one that was given before, also across a restart; whoever has it may be told again";

inline constexpr std::string_view needs_first = "a task is handed out only when all that it depends on is complete";

inline constexpr std::string_view done_stays_done = "a task whose completion was recorded is not handed out again";

inline constexpr std::string_view reports_count =
    "a completion that was not refused is known to be complete from then on";

inline constexpr std::string_view resources_hold =
    "trusted workers never use more of a resource together than there is of it";

inline constexpr std::string_view restart_keeps =
    "a scheduler that was killed at any moment comes back with all that it had answered to";

inline constexpr std::string_view one_completion = "no task has two attempts that are recorded as done";

inline constexpr std::string_view attempts_end =
    "an attempt is recorded as running exactly as long as its task is handed out";

inline constexpr std::string_view announced_once = "the event of a completion is stored with it, and once";

inline constexpr std::string_view all_finished = "while workers come back, everything is complete in the end";

}  // namespace freshet::test::invariant
