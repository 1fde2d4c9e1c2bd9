// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <vector>

// What a process does to itself right after it was forked.
namespace freshet::worker {

/// From now on this process gets `signal` when `parent` dies; ends at once if that has happened already.
void die_with_parent(pid_t parent, int signal);

enum class StandardStreams {
    keep,        ///< all three as they are
    keep_error,  ///< nothing to read, printed output is dropped
};

/// The number that the first of the descriptors given to close_other_fds() gets; the others follow.
constexpr int first_kept_fd = 3;

/// Closes all files but these and the standard streams, so that nobody waits in vain for the end of a pipe.
void close_other_fds(std::vector<int> descriptors, StandardStreams streams);

/// Signals are handled and let through as in a fresh program.
void reset_signals();

}  // namespace freshet::worker
