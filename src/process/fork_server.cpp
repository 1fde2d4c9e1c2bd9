// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/fork_server.hpp"

#include "process/attempt_main.hpp"
#include "process/attempt_protocol.hpp"
#include "process/child_setup.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>

namespace freshet::process {

namespace {

/// The signals read from the signalfd: a child ended, or the fork server must end.
sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    return set;
}

/// Blocks SIGCHLD and SIGTERM and returns their signalfd. Ignores Ctrl-C: the worker decides which attempts end.
FileDescriptor open_signalfd() {
    const sigset_t set = handled_signals();
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    for (const int signal : {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) ::signal(signal, SIG_IGN);
    return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// The main loop of the fork server, in its own process.
class ForkServerLoop {
public:
    ForkServerLoop(FileDescriptor socket, const Registry& registry)
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

    /// Kills the process group of each child, and so whatever the children started.
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
        ::setpgid(pid, pid);  // in the child too, since either may run first
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
            // Before the reap: afterwards its pid, and so the group, may belong to another process.
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
    std::map<pid_t, std::string> children_;  // token by pid
};

/// Runs in the forked process until the worker ends or closes the socket.
[[noreturn]] void run_fork_server(pid_t parent, FileDescriptor socket, const Registry& registry) noexcept {
    try {
        // SIGTERM, not SIGKILL: the process groups of the children must still be killed.
        die_with_parent(parent, SIGTERM);
        ::setpgid(0, 0);
        close_other_fds({socket.release()}, StandardStreams::keep_error);
        ForkServerLoop fork_server(FileDescriptor(first_kept_fd), registry);
        fork_server.run();
        fork_server.kill_all();
    } catch (const std::exception& error) {
        const std::string message = fmt::format("fork server: {}\n", error.what());
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
    }
    ::_exit(0);
}

struct SocketPair {
    FileDescriptor parent_end;
    FileDescriptor child_end;
};

SocketPair make_socket_pair() {
    std::array<int, 2> ends;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error("start the fork server: make a socket pair: " + system_error_text(errno));
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool send_request(const ForkServer& fork_server, const Json& request, const std::vector<int>& descriptors = {}) {
    return send_frame(fork_server.socket(), request.text(), descriptors);
}

}  // namespace

ForkServer ForkServer::start(const Registry& registry) {
    SocketPair sockets = make_socket_pair();
    std::fflush(nullptr);  // or each child prints the buffered output again
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw Error("start the fork server: " + system_error_text(errno));
    if (pid == 0) run_fork_server(parent, std::move(sockets.child_end), registry);
    return ForkServer(pid, std::move(sockets.parent_end));
}

ForkServer::~ForkServer() {
    if (!pid_) return;
    socket_ = FileDescriptor();
    ::kill(*pid_, SIGTERM);  // a forked process may still hold a copy of the closed socket
    while (::waitpid(*pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool request_attempt(const ForkServer& fork_server, const worker::Attempt& attempt, int messages, int output) {
    return send_request(fork_server, Json::Object{{"attempt", to_json(attempt)}}, {messages, output});
}

bool request_failure_report(const ForkServer& fork_server, const worker::Attempt& attempt, const Failure& failure,
                            int messages, int output) {
    return send_request(fork_server, Json::Object{{"attempt", to_json(attempt)}, {"failure", to_json(failure)}},
                        {messages, output});
}

bool request_signal(const ForkServer& fork_server, const std::string& token, int signal) {
    return send_request(fork_server, Json::Object{{"signal", signal}, {"token", token}});
}

std::optional<ChildEvent> receive_child_event(const ForkServer& fork_server) {
    const auto frame = receive_frame(fork_server.socket());
    if (!frame) return std::nullopt;
    const Json json = Json::parse(frame->text);
    return ChildEvent{.type = static_cast<ChildEvent::Type>(json.at("what").as_integer()),
                      .token = json.at("token").as_string(),
                      .number = static_cast<int>(json.at("number").as_integer()),
                      .reason = json.at("reason").as_string()};
}

}  // namespace freshet::process
