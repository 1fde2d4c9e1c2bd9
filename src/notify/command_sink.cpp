// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/command_sink.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "process/child_setup.hpp"
#include "process/spawn.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

namespace freshet::notify {

namespace {

constexpr int time_limit_ms = 30'000;

/// Returns a file in memory with this text, at its beginning.
FileDescriptor file_with(const std::string& text) {
    FileDescriptor file(memfd_create("notification", MFD_CLOEXEC));
    if (file.get() < 0) throw TransientError(fmt::format("make a file in memory: {}", system_error_text(errno)));
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw TransientError("write a file in memory: it is full");
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// Waits for the end of the process; kills its group when the time is over. Returns its status.
int wait_for(const process::SpawnedProcess& program) {
    pollfd ended{.fd = program.pidfd.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, time_limit_ms) == 0) ::kill(-program.pid, SIGKILL);
    int status = 0;
    while (::waitpid(program.pid, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

}  // namespace

void CommandSink::deliver(const Event& event) {
    const auto doing = fmt::format("deliver notification '{}' to {}", event.id, name());
    int status = 0;
    try {
        const FileDescriptor input = file_with(to_json(event).text() + "\n");
        status = wait_for(process::spawn({.arguments = command_, .input = input.get(), .inherits_files = false}));
    } catch (const Error& error) {
        throw TransientError(fmt::format("{}: {}", doing, error.what()));
    }
    if (status != 0) throw TransientError(fmt::format("{}: {}", doing, process::describe_wait_status(status)));
}

}  // namespace freshet::notify
