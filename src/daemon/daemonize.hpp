// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "base/files.hpp"

#include <filesystem>
#include <utility>

namespace freshet::daemon {

/// Another process does already what this one is to do.
class AlreadyRunning : public Error {
public:
    using Error::Error;
};

/// The file that says which process is the daemon, locked for as long as it runs and removed at its end.
class PidFile {
public:
    /// Throws AlreadyRunning when another process holds it.
    explicit PidFile(std::filesystem::path path);
    ~PidFile();
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

private:
    std::filesystem::path path_;
    FileLock lock_;
};

/// A daemon that leaves the terminal it was started from. What it says before it is ready can still be read there, and
/// whoever started it learns how that went.
class Daemonizer {
public:
    /// Goes on in a child; the parent ends with 0 once the child is ready, or with the status the child ends with. To
    /// be called before there is another thread.
    static Daemonizer detach();

    /// Lets the parent end, if it is still there, and the terminal go. SIGPIPE is to be ignored by then.
    void ready();

private:
    explicit Daemonizer(FileDescriptor to_parent) : to_parent_(std::move(to_parent)) {}

    FileDescriptor to_parent_;
};

}  // namespace freshet::daemon
