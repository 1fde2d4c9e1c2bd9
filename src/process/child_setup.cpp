// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/child_setup.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

namespace freshet::process {

void die_with_parent(pid_t parent, int signal) {
    ::prctl(PR_SET_PDEATHSIG, signal);
    if (::getppid() != parent) ::_exit(1);
}

std::vector<int> retire_open_fds(int socket) {
    std::vector<int> open;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        if (const int fd = std::stoi(entry.path().filename()); fd > STDERR_FILENO && fd != socket) open.push_back(fd);
    std::erase_if(open, [](int fd) { return ::fcntl(fd, F_GETFD) < 0; });  // that of the listing
    std::array<int, 2> ends;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error("make a closed connection: " + system_error_text(errno));
    const FileDescriptor closed(ends[0]);
    ::close(ends[1]);
    for (const int fd : open)
        if (::dup3(closed.get(), fd, O_CLOEXEC) < 0) throw Error("replace an open file: " + system_error_text(errno));
    const FileDescriptor null = open_file("/dev/null", O_RDWR);
    ::dup2(null.get(), STDIN_FILENO);
    ::dup2(null.get(), STDOUT_FILENO);
    return open;
}

void close_other_fds(std::vector<int> descriptors) {
    std::ranges::sort(descriptors);
    int next = STDERR_FILENO + 1;
    for (const int kept : descriptors) {
        if (kept > next) ::close_range(static_cast<unsigned>(next), static_cast<unsigned>(kept - 1), 0);
        next = std::max(next, kept + 1);
    }
    ::close_range(static_cast<unsigned>(next), ~0u, 0);
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal)
        if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::string describe_wait_status(int status) {
    if (!WIFSIGNALED(status)) return fmt::format("exit status {}", WEXITSTATUS(status));
    const char* name = ::sigdescr_np(WTERMSIG(status));
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), name ? name : "unknown");
}

}  // namespace freshet::process
