// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/registry.hpp"

#include <sys/types.h>

namespace freshet::worker {

/// What a child does that `parent` forked for one attempt: runs the task, writes its news and its result to the pipe
/// `messages` and what the task prints to `output`, and ends. SIGTERM makes Context::cancelled() true.
[[noreturn]] void run_attempt_process(pid_t parent, const Json& request, const Registry& registry, int messages,
                                      int output) noexcept;

}  // namespace freshet::worker
