// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace freshet::test {

/// A process that the test wants to see end; keeps its number from being mistaken for another process's.
class PidWatcher {
public:
    explicit PidWatcher(pid_t pid) : file_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

    /// Waits for its end, and gives up after ten seconds.
    bool is_gone() const {
        if (!file_) return true;
        constexpr int ten_seconds = 10'000;
        pollfd end{file_.get(), POLLIN, 0};
        return ::poll(&end, 1, ten_seconds) == 1;
    }

    bool is_running() const {
        pollfd end{file_.get(), POLLIN, 0};
        return file_ && ::poll(&end, 1, 0) == 0;
    }

private:
    FileDescriptor file_;
};

}  // namespace freshet::test
