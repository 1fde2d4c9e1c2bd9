// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/command_sink.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace freshet::notify {

namespace {

constexpr int time_limit_ms = 30'000;

/// Returns a file in memory with this text, at its beginning.
FileDescriptor file_with(const std::string& text) {
    FileDescriptor file(memfd_create("notification", MFD_CLOEXEC));
    if (file.get() < 0) throw TransientError(fmt::format("make a file in memory: {}", std::strerror(errno)));
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw TransientError("write a file in memory: it is full");
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// Starts the program in a process group of its own, without the signals that freshetd ignores or blocks.
pid_t spawn(const std::vector<std::string>& command, const FileDescriptor& input) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input.get(), STDIN_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    pid_t child = -1;
    const int error = posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) throw TransientError(std::strerror(error));
    return child;
}

/// Waits for the end of the process; kills its group when the time is over. Returns its status.
int wait_for(pid_t child) {
    const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, time_limit_ms) == 0) ::kill(-child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

}  // namespace

void CommandSink::deliver(const Event& event) {
    const auto doing = fmt::format("deliver notification '{}' to {}", event.id, name());
    int status = 0;
    try {
        status = wait_for(spawn(command_, file_with(to_json(event).text() + "\n")));
    } catch (const TransientError& error) {
        throw TransientError(fmt::format("{}: {}", doing, error.what()));
    }
    if (WIFSIGNALED(status)) throw TransientError(fmt::format("{}: killed by signal {}", doing, WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) throw TransientError(fmt::format("{}: exit status {}", doing, WEXITSTATUS(status)));
}

}  // namespace freshet::notify
