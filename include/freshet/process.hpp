// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/context.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freshet {

/// A call of an external program.
struct Subprocess {
    std::vector<std::string> arguments;                ///< the program, found in PATH, and its arguments; no shell
    std::map<std::string, std::string> environment{};  ///< added to this process's own
    std::filesystem::path folder{};                    ///< where it starts; empty: here
    std::optional<std::filesystem::path> output{};     ///< its standard output goes into this file; none: to the log
};

/// Runs an external program to its end. Called by a task's run(), in the thread that runs it, stages the task's
/// outputs: an argument, a value of the environment or `output` that is the path of an absent output, or lies below it,
/// is replaced by a path with the same file name beside it, and what the program has created there is staged if it ends
/// well. So is the value in "--name=value"; a path inside of a longer text (a script) is not. Its lines go to the
/// task's log, for which it waits. Ends it (TERM, then KILL, its whole process group) when the attempt is cancelled.
/// Kills what it leaves in the background, daemons too, and names it in the log; not what has removed
/// FRESHET_SUBPROCESS from its environment. With Isolation::process the program belongs to the attempt's own process
/// group, which a timeout ends as a whole, and nothing that it leaves outlives the attempt. Throws Error with its exit
/// status and the last lines of standard error and output when it fails; 75 (EX_TEMPFAIL) is a TransientError.
void run_subprocess(Context& context, const Subprocess& call);

}  // namespace freshet
