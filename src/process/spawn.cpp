// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/spawn.hpp"

#include "freshet/error.hpp"
#include "process/child_setup.hpp"
#include "process/pipe.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

namespace freshet::process {

namespace {

constexpr int exit_exec_failed = 127;  // as in shells

/// Pointers to the texts and a null pointer, as execve(2) takes them.
std::vector<char*> argument_pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::string failure(const SpawnRequest& request, int error) {
    return fmt::format("run '{}': {}", request.arguments.front(), system_error_text(error));
}

bool redirect(int from, int to) { return from < 0 || ::dup2(from, to) >= 0; }

/// Runs between fork and exec, where any lock may be held: async-signal-safe calls only. Returns on failure.
void exec_child(const SpawnRequest& request, pid_t parent, char* const* argv, char* const* envp) {
    die_with_parent(parent, SIGKILL);
    if (request.has_own_group) ::setpgid(0, 0);
    reset_signals();
    const int input = request.input >= 0 ? request.input : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0 || !redirect(input, STDIN_FILENO) || !redirect(request.output, STDOUT_FILENO) ||
        !redirect(request.error, STDERR_FILENO))
        return;
    if (!request.inherits_files) ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (!request.folder.empty() && ::chdir(request.folder.c_str()) != 0) return;
    ::execvpe(argv[0], argv, envp);
}

void throw_if_exec_failed(const SpawnRequest& request, pid_t pid, const FileDescriptor& error_pipe) {
    int error = 0;
    pollfd started{error_pipe.get(), POLLIN, 0};  // exec closes the other end
    while (::poll(&started, 1, -1) < 0 && errno == EINTR) {
    }
    if (::read(error_pipe.get(), &error, sizeof error) != sizeof error) return;
    ::waitpid(pid, nullptr, 0);
    throw Error(failure(request, error));
}

}  // namespace

SpawnedProcess spawn(const SpawnRequest& request) {
    std::vector<std::string> arguments = request.arguments;
    std::vector<std::string> environment = request.environment.value_or(std::vector<std::string>{});
    const std::vector<char*> argv = argument_pointers(arguments);
    const std::vector<char*> envp = argument_pointers(environment);
    Pipe error_pipe = make_pipe();
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw TransientError(failure(request, errno));
    if (pid == 0) {
        exec_child(request, self, argv.data(), request.environment ? envp.data() : ::environ);
        const int error = errno;
        [[maybe_unused]] const auto written = ::write(error_pipe.writer.get(), &error, sizeof error);
        ::_exit(exit_exec_failed);
    }
    if (request.has_own_group) ::setpgid(pid, pid);
    SpawnedProcess process{.pid = pid, .pidfd = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
    error_pipe.writer = FileDescriptor();
    throw_if_exec_failed(request, pid, error_pipe.reader);
    return process;
}

}  // namespace freshet::process
