// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "store/history.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::dashboard {

/// How a timeline names tasks, and the folder of their pages.
struct TaskLinks {
    const TaskNames& names;
    std::string_view folder;
};

/// Attempts over time as bars, those of one worker below each other in as few lanes as they need, in the colours of
/// their results; a retry has a bar of its own. Bars of the longest chain of tasks are framed. A thin line before a bar
/// is the time for which the task waited: after its last attempt, or after the task before it in the chain. Each bar
/// names its attempt and links to its task. One that runs ends at `now`.
Html timeline(const std::vector<store::AttemptRow>& attempts, const std::vector<std::string>& chain,
              const TaskLinks& tasks, Time now);

/// For how long the attempts waited that did: a retry since the attempt before it, a task of the chain since the end of
/// the one before it.
std::map<const store::AttemptRow*, Time::duration> waits_of(const std::vector<store::AttemptRow>& attempts,
                                                            const std::vector<std::string>& chain, Time now);

/// The colour of an attempt's result: a delay is a warning.
Severity severity_of(const store::AttemptRow& attempt);

}  // namespace freshet::dashboard
