// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/fork_server_main.hpp"

#include "freshet/json.hpp"
#include "process/attempt_main.hpp"
#include "process/child_setup.hpp"
#include "process/fork_server.hpp"
#include "process/frames.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>

namespace freshet::worker {

namespace {

/// The signals that it waits for: a child ended, or this process is to end.
sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    return set;
}

/// SIGCHLD and SIGTERM as something that can be read. Ctrl-C reaches the worker, which decides what ends.
FileDescriptor open_signalfd() {
    const sigset_t set = handled_signals();
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    for (const int signal : {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) ::signal(signal, SIG_IGN);
    return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

class ForkServerProcess {
public:
    ForkServerProcess(FileDescriptor socket, const Registry& registry)
        : socket_(std::move(socket)), signals_(open_signalfd()), registry_(registry) {}

    void run() {
        std::array<pollfd, 2> polled{{{socket_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
        for (;;) {
            if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
            if (polled[1].revents && termination_requested()) return;
            reap();
            if (!polled[0].revents) continue;
            auto frame = receive_frame(socket_);
            if (!frame) return;
            handle(*frame);
        }
    }

    /// Each child's whole group: what it started must not live on either.
    void kill_all() const {
        for (const auto& [pid, token] : children_) ::kill(-pid, SIGKILL);
    }

private:
    bool termination_requested() const {
        signalfd_siginfo info;
        while (::read(signals_.get(), &info, sizeof info) == sizeof info)
            if (info.ssi_signo == SIGTERM) return true;
        return false;
    }

    void handle(Frame& frame) {
        const Json request = Json::parse(frame.text);
        if (const Json* signal = request.find("signal"))
            send_signal(request.at("token").as_string(), static_cast<int>(signal->as_integer()));
        else
            start(request, frame.descriptors);
    }

    void start(const Json& request, std::vector<FileDescriptor>& pipes) {
        const std::string token = request.at("attempt").at("token").as_string();
        const pid_t self = ::getpid();
        const pid_t pid = ::fork();
        if (pid == 0) run_attempt_process(self, request, registry_, pipes.at(0).get(), pipes.at(1).get());
        if (pid < 0) {
            send_event(ChildEvent::Type::not_started, token, 0, system_error_text(errno));
            return;
        }
        ::setpgid(pid, pid);  // the child does so too; whoever comes first
        children_.emplace(pid, token);
        send_event(ChildEvent::Type::started, token, pid);
    }

    void send_signal(const std::string& token, int signal) const {
        for (const auto& [pid, child_token] : children_)
            if (child_token == token) ::kill(-pid, signal);
    }

    void reap() {
        for (;;) {
            siginfo_t info{};
            if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
            // Until it is reaped nobody else can get its number, so only now is its group surely its own.
            ::kill(-info.si_pid, SIGKILL);
            int status = 0;
            ::waitpid(info.si_pid, &status, 0);
            if (const auto child = children_.extract(info.si_pid))
                send_event(ChildEvent::Type::ended, child.mapped(), status);
        }
    }

    void send_event(ChildEvent::Type type, const std::string& token, int number, const std::string& reason = {}) const {
        send_frame(socket_,
                   Json(Json::Object{
                            {"what", static_cast<int>(type)}, {"token", token}, {"number", number}, {"reason", reason}})
                       .text());
    }

    FileDescriptor socket_;
    FileDescriptor signals_;
    const Registry& registry_;
    std::map<pid_t, std::string> children_;  // with their tokens
};

}  // namespace

void run_fork_server(pid_t parent, FileDescriptor socket, const Registry& registry) noexcept {
    try {
        // SIGTERM, not SIGKILL: there is something left to do, which is to kill the children's groups.
        die_with_parent(parent, SIGTERM);
        ::setpgid(0, 0);
        close_other_fds({socket.release()}, StandardStreams::keep_error);
        ForkServerProcess fork_server(FileDescriptor(first_kept_fd), registry);
        fork_server.run();
        fork_server.kill_all();
    } catch (const std::exception& error) {
        const std::string message = fmt::format("the process for attempts: {}\n", error.what());
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
    }
    ::_exit(0);
}

}  // namespace freshet::worker
