// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/error.hpp"

#include <filesystem>
#include <utility>

namespace freshet::daemon {

/// Another daemon holds the pid file.
class AlreadyRunning : public Error {
public:
    using Error::Error;
};

/// The pid file of the daemon: locked while it runs, removed at its end.
class PidFile {
public:
    /// Throws AlreadyRunning when another process holds it, Error when it cannot be written.
    explicit PidFile(std::filesystem::path path);
    ~PidFile();
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

private:
    std::filesystem::path path_;
    FileLock lock_;
};

/// A process that detaches from its terminal. Errors before ready() still go to the terminal, and the exit status of
/// the parent tells whether the start succeeded.
class Daemonizer {
public:
    /// Forks and returns in the child. The parent exits with 0 once the child is ready, or with the status of the
    /// child. Must be called before any thread starts.
    static Daemonizer detach();

    /// Lets the parent exit and redirects the standard streams to /dev/null. SIGPIPE must be ignored before.
    void ready();

private:
    explicit Daemonizer(FileDescriptor to_parent) : to_parent_(std::move(to_parent)) {}

    FileDescriptor to_parent_;
};

}  // namespace freshet::daemon
