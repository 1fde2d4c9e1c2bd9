// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/registry.hpp"

#include <sys/types.h>
#include <vector>

namespace freshet::process {

/// The writing ends of an attempt's pipes.
struct AttemptPipes {
    int messages;    ///< for its messages and its result
    int output;      ///< for its standard output and error
    int inbox = -1;  ///< a socket from which it reads the messages to it, each a packet; -1: there are none
};

/// Runs one attempt in a child forked by `parent` and exits. Keeps no file open but the standard streams, the pipe of
/// the messages and the `retired` descriptors of retire_open_fds(). SIGTERM makes Context::cancelled() true.
[[noreturn]] void run_attempt_process(pid_t parent, const Json& request, const Registry& registry,
                                      const AttemptPipes& pipes, const std::vector<int>& retired) noexcept;

}  // namespace freshet::process
