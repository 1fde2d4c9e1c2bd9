// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/init_process.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

namespace freshet::process {

namespace {

constexpr int signalled_base = 128;  // added to the number of a signal, as shells do

/// Reaps ended children; exits when `main_child` is among them.
void reap_children(pid_t main_child) {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == main_child) ::_exit(WIFSIGNALED(status) ? signalled_base + WTERMSIG(status) : WEXITSTATUS(status));
}

/// Reaps and forwards until the child ends. A terminal's signals have reached the child already.
[[noreturn]] void run_init(pid_t child, const sigset_t& signals) {
    for (;;) {
        siginfo_t info{};
        const int signal = ::sigwaitinfo(&signals, &info);
        if (signal == SIGCHLD)
            reap_children(child);
        else if (signal > 0 && info.si_code != SI_KERNEL)
            ::kill(child, signal);
    }
}

}  // namespace

void run_below_init(const std::function<void()>& prepare_init) {
    if (::getpid() != 1) return;
    std::fflush(nullptr);
    sigset_t all, previous;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &previous);
    const pid_t child = ::fork();
    if (child > 0) {
        prepare_init();
        run_init(child, all);
    }
    ::sigprocmask(SIG_SETMASK, &previous, nullptr);
}

}  // namespace freshet::process
