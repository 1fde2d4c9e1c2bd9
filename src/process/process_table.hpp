// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The processes of this machine as /proc lists them. Zombies are left out: they have ended.
namespace freshet::process {

struct RunningProcess {
    pid_t pid = 0;
    pid_t group = 0;
    std::string name{};  ///< the program's, without its arguments, where secrets may be
};

/// Lists the descendants of `root`, except `excluded` and their descendants.
std::vector<RunningProcess> descendants_of(pid_t root, const std::set<pid_t>& excluded = {});

/// Lists the processes that were executed with `text` in their environment, and the children that they forked.
std::vector<RunningProcess> processes_with_environment(std::string_view text);

/// Sends SIGKILL to what `list` returns until it returns nothing, for about a second. Returns a clause that names what
/// it found, like "killed what it left running: sleep (pid 12)", or "". Does not name the members of the process group
/// `dying`, which have been killed before.
std::string kill_processes(const std::function<std::vector<RunningProcess>()>& list, pid_t dying = 0);

}  // namespace freshet::process
