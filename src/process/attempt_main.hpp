// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/registry.hpp"

#include <sys/types.h>

namespace freshet::process {

/// Runs one attempt in a child forked by `parent`: writes its messages and its result to the pipe `messages`, redirects
/// standard output and error to `output`, and exits. SIGTERM makes Context::cancelled() true.
[[noreturn]] void run_attempt_process(pid_t parent, const Json& request, const Registry& registry, int messages,
                                      int output) noexcept;

}  // namespace freshet::process
