// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemonize.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace freshet::daemon {

namespace {

std::optional<FileLock> try_lock_pid_file(const std::filesystem::path& path) {
    try {
        return FileLock::try_acquire(path);
    } catch (const Error& error) {
        throw Error(fmt::format("write pid file '{}': {}", path.string(), error.what()));
    }
}

FileLock lock_pid_file(const std::filesystem::path& path) {
    auto lock = try_lock_pid_file(path);
    if (!lock)
        throw AlreadyRunning(fmt::format("write pid file '{}': it is locked by the running process {}", path.string(),
                                         trimmed(read_file(path))));
    return *std::move(lock);
}

/// Waits until the child is ready or ends, and exits with 0 or its status.
[[noreturn]] void exit_with_child(pid_t child, const FileDescriptor& from_child) {
    char ready_byte = 0;
    ssize_t size;
    do size = read(from_child.get(), &ready_byte, 1);
    while (size < 0 && errno == EINTR);
    if (size == 1) _exit(0);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

PidFile::PidFile(std::filesystem::path path) : path_(std::move(path)), lock_(lock_pid_file(path_)) {
    try {
        lock_.write(fmt::format("{}\n", getpid()));
    } catch (const Error& error) {
        unlink(path_.c_str());  // do not leave an empty one
        throw Error(fmt::format("write pid file '{}': {}", path_.string(), error.what()));
    }
}

PidFile::~PidFile() { unlink(path_.c_str()); }

Daemonizer Daemonizer::detach() {
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw Error("detach from the terminal: " + system_error_text(errno));
    FileDescriptor from_child(pipe_ends[0]), to_parent(pipe_ends[1]);
    const pid_t child = fork();
    if (child < 0) throw Error("detach from the terminal: " + system_error_text(errno));
    if (child > 0) {
        to_parent = FileDescriptor();
        exit_with_child(child, from_child);
    }
    setsid();
    return Daemonizer(std::move(to_parent));
}

void Daemonizer::ready() {
    const FileDescriptor dev_null = open_file("/dev/null", O_RDWR);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(dev_null.get(), standard);
    try {
        write_all(to_parent_, "r", "the parent");
    } catch (const Error&) {
        // The parent was killed.
    }
    to_parent_ = FileDescriptor();
}

}  // namespace freshet::daemon
