// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

// The set-up of a process right after fork, and the description of its end.
namespace freshet::process {

/// Has the kernel send `signal` to this process when `parent` dies; exits at once if it is already dead.
/// Async-signal-safe.
void die_with_parent(pid_t parent, int signal);

/// Ends the use of all files that are open but `socket` and the standard streams, of which only the error stays: the
/// others become /dev/null. Returns the descriptors that were open. They stay in use, because targets and clients in
/// this process's memory may hold one, and would take a later file of the same number for their own: they read as
/// connections that the peer has closed. Throws Error when one cannot be replaced.
std::vector<int> retire_open_fds(int socket);

/// Closes all files but the given descriptors and the standard streams, so that no pipe is held open by accident.
void close_other_fds(std::vector<int> descriptors);

/// Restores default handlers and an empty signal mask, as in a new program. Async-signal-safe.
void reset_signals();

/// Describes a status of waitpid(2): "exit status 3" or "killed by signal 11 (Segmentation fault)".
std::string describe_wait_status(int status);

}  // namespace freshet::process
