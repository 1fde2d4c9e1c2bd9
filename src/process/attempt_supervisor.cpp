// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/attempt_supervisor.hpp"

#include "process/child_setup.hpp"
#include "process/pipe.hpp"
#include "process/process_table.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <ctime>

namespace freshet::process {

namespace {

/// Blocks and returns the signals that a supervisor waits for.
sigset_t block_requests() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGCHLD, terminate_attempt, kill_attempt, end_supervisor}) {
        ::signal(signal, SIG_DFL);
        sigaddset(&set, signal);
    }
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    return set;
}

class AttemptSupervisor {
public:
    AttemptSupervisor(pid_t attempt, const sigset_t& requests) : attempt_(attempt), requests_(requests) {}

    SupervisorReport run() {
        while (!has_ended() && wait_for_request()) {
        }
        SupervisorReport report;
        const bool is_reaped = ::waitpid(attempt_, &report.wait_status, WNOHANG) == attempt_;
        if (!is_reaped) report.wait_status = SIGKILL;  // its end is near, but cannot be waited for
        if (has_children()) report.left = kill_processes([] { return descendants_of(::getpid()); }, dying_group_);
        return report;
    }

private:
    /// Reaps orphans until the attempt's process has ended; false while that runs.
    bool has_ended() const {
        for (;;) {
            siginfo_t info{};
            if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
            if (info.si_pid == attempt_) return true;
            ::waitpid(info.si_pid, nullptr, 0);
        }
    }

    /// False when the attempt's process is to be waited for no longer.
    bool wait_for_request() {
        const timespec one_second{.tv_sec = 1, .tv_nsec = 0};
        const int signal = ::sigtimedwait(&requests_, nullptr, is_ending_ ? &one_second : nullptr);
        if (signal < 0) return errno != EAGAIN;
        if (signal == terminate_attempt) ::kill(-attempt_, SIGTERM);
        if (signal == kill_attempt || signal == end_supervisor) {
            dying_group_ = attempt_;
            ::kill(-attempt_, SIGKILL);
        }
        is_ending_ = is_ending_ || signal == end_supervisor;
        return true;
    }

    static bool has_children() {
        siginfo_t info{};
        return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
    }

    const pid_t attempt_;
    const sigset_t requests_;
    pid_t dying_group_ = 0;  // once it was killed
    bool is_ending_ = false;
};

SupervisorReport supervise(const Json& request, const Registry& registry, const AttemptPipes& pipes,
                           const std::vector<int>& retired) {
    const sigset_t requests = block_requests();
    const pid_t self = ::getpid();
    const pid_t attempt = ::fork();
    if (attempt == 0) run_attempt_process(self, request, registry, pipes, retired);
    if (attempt < 0) return {.error = system_error_text(errno)};
    ::setpgid(attempt, attempt);  // in the child too, since either may run first
    ::close(pipes.messages);      // so that only the attempt holds them
    ::close(pipes.output);
    if (pipes.inbox >= 0) ::close(pipes.inbox);
    return AttemptSupervisor(attempt, requests).run();
}

}  // namespace

void run_attempt_supervisor(pid_t parent, const Json& request, const Registry& registry, const AttemptPipes& pipes,
                            int report, const std::vector<int>& retired) noexcept {
    try {
        die_with_parent(parent, end_supervisor);
        ::setpgid(0, 0);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        std::vector<int> kept = retired;
        kept.insert(kept.end(), {pipes.messages, pipes.output, report});
        if (pipes.inbox >= 0) kept.push_back(pipes.inbox);
        close_other_fds(std::move(kept));
        const SupervisorReport result = supervise(request, registry, pipes, retired);
        const Json json =
            Json::Object{{"wait_status", result.wait_status}, {"left", result.left}, {"error", result.error}};
        write_all(FileDescriptor(report), json.text(), "the fork server's pipe");
    } catch (const std::exception&) {
        // The fork server finds no report.
    }
    ::_exit(0);
}

std::optional<SupervisorReport> read_report(FileDescriptor& report) {
    std::string text;
    drain(report, [&](std::string_view bytes) { text += bytes; });
    if (text.empty()) return std::nullopt;
    const Json json = Json::parse(text);
    return SupervisorReport{.wait_status = static_cast<int>(json.at("wait_status").as_integer()),
                            .left = json.at("left").as_string(),
                            .error = json.at("error").as_string()};
}

}  // namespace freshet::process
