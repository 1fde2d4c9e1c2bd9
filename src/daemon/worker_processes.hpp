// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <sys/types.h>
#include <cstddef>
#include <string>
#include <vector>

namespace freshet::daemon {

/// The processes of an autoscaler's workers, each in a process group of its own, whose output goes to standard error.
/// They are told to drain (SIGTERM) when the thread that started them ends, however it does. Signals go to the
/// processes alone: what they have started may be a part of an attempt. Not thread-safe.
class WorkerProcesses {
public:
    struct Ended {
        pid_t pid;
        int status;  ///< of waitpid(2)
        Time::duration lived;
        bool is_drained;  ///< it was told to end
    };

    /// `command` is a program, found in PATH, and its arguments.
    WorkerProcesses(std::vector<std::string> command, const Clock& clock)
        : command_(std::move(command)), clock_(clock) {}

    /// Starts one; returns its process id. Throws Error when no process can be made. A program that cannot be executed
    /// ends with 127.
    pid_t start();
    /// Sends SIGTERM to the `count` newest that are not draining, and returns their process ids.
    std::vector<pid_t> drain(std::size_t count);
    /// Sends SIGTERM to all that are draining already: it aborts their attempts.
    void abort_draining() const;
    /// Returns those that have ended since the last call.
    std::vector<Ended> reap();

    std::size_t active() const;
    std::size_t draining() const { return workers_.size() - active(); }

private:
    struct Worker {
        pid_t pid;
        Time started;
        bool is_draining = false;
    };

    std::vector<std::string> command_;
    const Clock& clock_;
    std::vector<Worker> workers_{};  ///< oldest first
};

}  // namespace freshet::daemon
