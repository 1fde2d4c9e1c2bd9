// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/child_setup.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace freshet::process {

void die_with_parent(pid_t parent, int signal) {
    ::prctl(PR_SET_PDEATHSIG, signal);
    if (::getppid() != parent) ::_exit(1);
}

void close_other_fds(std::vector<int> descriptors, StandardStreams streams) {
    if (streams == StandardStreams::keep_error) {
        const FileDescriptor null = open_file("/dev/null", O_RDWR);
        ::dup2(null.get(), STDIN_FILENO);
        ::dup2(null.get(), STDOUT_FILENO);
    }
    constexpr int first_scratch_fd = 64;  // above any target number, so that none is overwritten before it is moved
    for (int& descriptor : descriptors) descriptor = ::fcntl(descriptor, F_DUPFD_CLOEXEC, first_scratch_fd);
    int next = first_kept_fd;
    for (const int descriptor : descriptors)
        if (::dup3(descriptor, next++, O_CLOEXEC) < 0) throw Error("renumber open files: " + system_error_text(errno));
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
