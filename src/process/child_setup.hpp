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

enum class StandardStreams {
    keep,        ///< all three unchanged
    keep_error,  ///< standard input and output are /dev/null
};

/// The number that close_other_fds() gives to the first descriptor it keeps; the others follow.
constexpr int first_kept_fd = 3;

/// Closes all files but the given descriptors and the standard streams, so that no pipe is held open by accident.
/// Throws Error when the descriptors cannot be renumbered.
void close_other_fds(std::vector<int> descriptors, StandardStreams streams);

/// Restores default handlers and an empty signal mask, as in a new program. Async-signal-safe.
void reset_signals();

/// Describes a status of waitpid(2): "exit status 3" or "killed by signal 11 (Segmentation fault)".
std::string describe_wait_status(int status);

}  // namespace freshet::process
