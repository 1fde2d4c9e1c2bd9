// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/registry.hpp"

#include <sys/types.h>

namespace freshet::worker {

/// What the fork server does from its birth to its end, in the process that was forked for it by `parent`.
[[noreturn]] void run_fork_server(pid_t parent, FileDescriptor socket, const Registry& registry) noexcept;

}  // namespace freshet::worker
