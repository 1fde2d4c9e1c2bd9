// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/json.hpp"
#include "freshet/registry.hpp"
#include "process/attempt_main.hpp"

#include <sys/types.h>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace freshet::process {

// The requests to a supervisor, as signals. When its parent dies it gets the last one.
constexpr int terminate_attempt = SIGUSR1;  ///< sends SIGTERM to the attempt's process group
constexpr int kill_attempt = SIGUSR2;       ///< sends SIGKILL to the attempt's process group
constexpr int end_supervisor = SIGTERM;     ///< kills the attempt and all that it has started

/// Runs one attempt in a child of this process, which was forked by `parent`, and exits after it. All that the attempt
/// starts, daemons too, stays below this process, which adopts orphans and reaps them; what is left when the attempt
/// ends is killed. Writes a report to the pipe `report`. Keeps the `retired` descriptors of retire_open_fds().
[[noreturn]] void run_attempt_supervisor(pid_t parent, const Json& request, const Registry& registry,
                                         const AttemptPipes& pipes, int report,
                                         const std::vector<int>& retired) noexcept;

/// The end of a supervised attempt.
struct SupervisorReport {
    int wait_status = 0;
    std::string left{};   ///< clause that names what was killed after it; "": nothing
    std::string error{};  ///< reason why the attempt was not started; "": it was
};

/// Reads the report of a supervisor that has ended; nullopt when it was killed.
std::optional<SupervisorReport> read_report(FileDescriptor& report);

}  // namespace freshet::process
