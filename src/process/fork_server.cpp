// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/fork_server.hpp"

#include "base/printable.hpp"
#include "process/attempt_protocol.hpp"
#include "process/attempt_supervisor.hpp"
#include "process/child_setup.hpp"
#include "process/pipe.hpp"
#include "process/process_table.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <set>

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
    sigset_t blocked = set;
    for (const int signal : {terminate_attempt, kill_attempt}) sigaddset(&blocked, signal);  // for a new supervisor
    for (const int signal : {SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
    ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
    return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

/// The main loop of the fork server, in its own process.
class ForkServerLoop {
public:
    /// `retired` are the descriptors of retire_open_fds().
    ForkServerLoop(FileDescriptor socket, std::vector<int> retired, const Registry& registry)
        : socket_(std::move(socket)), retired_(std::move(retired)), signals_(open_signalfd()), registry_(registry) {}

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

    /// Ends all attempts and whatever they started.
    void end_all() const {
        for (const auto& [pid, child] : children_) ::kill(pid, end_supervisor);
        for (const auto& [pid, child] : children_) ::waitpid(pid, nullptr, 0);
    }

private:
    /// A running attempt and the pipe of its supervisor's report.
    struct Child {
        std::string token;
        FileDescriptor report;
    };

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
        ChildEvent failed{.type = ChildEvent::Type::not_started,
                          .token = request.at("attempt").at("token").as_string()};
        try {
            Pipe report = make_pipe();
            const pid_t self = ::getpid();
            const pid_t pid = ::fork();
            if (pid == 0)
                run_attempt_supervisor(self, request, registry_,
                                       {.messages = pipes.at(0).get(),
                                        .output = pipes.at(1).get(),
                                        .inbox = pipes.size() > 2 ? pipes[2].get() : -1},
                                       report.writer.get(), retired_);
            if (pid > 0) {
                children_.emplace(pid, Child{failed.token, std::move(report.reader)});
                return;
            }
            failed.reason = system_error_text(errno);
        } catch (const TransientError& error) {
            failed.reason = error.what();
        }
        send_event(failed);
    }

    void send_signal(const std::string& token, int signal) const {
        for (const auto& [pid, child] : children_)
            if (child.token == token) ::kill(pid, signal == SIGKILL ? kill_attempt : terminate_attempt);
    }

    void reap() {
        for (;;) {
            int status = 0;
            const pid_t pid = ::waitpid(-1, &status, WNOHANG);
            if (pid < 0 && errno == EINTR) continue;
            if (pid <= 0) return;
            if (auto child = children_.extract(pid)) send_end(child.mapped(), status);
        }
    }

    /// Reports the end of an attempt. The orphans of a supervisor that was killed have become children of this process.
    void send_end(Child& child, int supervisor_status) {
        const auto report = read_report(child.report);
        ChildEvent event{.type = ChildEvent::Type::ended, .token = child.token, .wait_status = supervisor_status};
        if (!report) {
            event.left = kill_processes([this] { return orphans(); });
        } else if (report->error.empty()) {
            event.wait_status = report->wait_status;
            event.left = report->left;
        } else {
            event.type = ChildEvent::Type::not_started;
            event.reason = report->error;
        }
        send_event(event);
    }

    std::vector<RunningProcess> orphans() const {
        std::set<pid_t> supervisors;
        for (const auto& [pid, child] : children_) supervisors.insert(pid);
        return descendants_of(::getpid(), supervisors);
    }

    void send_event(const ChildEvent& event) const {
        send_frame(socket_, Json(Json::Object{{"what", static_cast<int>(event.type)},
                                              {"token", event.token},
                                              {"wait_status", event.wait_status},
                                              {"left", event.left},
                                              {"reason", event.reason}})
                                .text());
    }

    FileDescriptor socket_;
    const std::vector<int> retired_;
    FileDescriptor signals_;
    const Registry& registry_;
    std::map<pid_t, Child> children_;  // by the supervisor's pid
};

/// Runs in the forked process until the worker ends or closes the socket.
[[noreturn]] void run_fork_server(pid_t parent, FileDescriptor socket, const Registry& registry) noexcept {
    try {
        // SIGTERM, not SIGKILL: what the children started must still be killed.
        die_with_parent(parent, SIGTERM);
        ::setpgid(0, 0);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        std::vector<int> retired = retire_open_fds(socket.get());
        ForkServerLoop fork_server(std::move(socket), std::move(retired), registry);
        fork_server.run();
        fork_server.end_all();
    } catch (const std::exception& error) {
        const std::string message = printable_line(fmt::format("fork server: {}", error.what())) + "\n";
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
    // This program's handlers never run in the fork server, which may be ended as soon as it exists.
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    const int error = errno;
    if (pid != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) throw Error("start the fork server: " + system_error_text(error));
    if (pid == 0) {
        sockets.parent_end = FileDescriptor();
        run_fork_server(parent, std::move(sockets.child_end), registry);
    }
    return ForkServer(pid, std::move(sockets.parent_end));
}

ForkServer::~ForkServer() {
    if (!pid_) return;
    socket_ = FileDescriptor();
    ::kill(*pid_, SIGTERM);  // a forked process may still hold a copy of the closed socket
    while (::waitpid(*pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool request_attempt(const ForkServer& fork_server, const worker::Attempt& attempt, int messages, int output,
                     int inbox) {
    std::vector<int> descriptors{messages, output};
    if (inbox >= 0) descriptors.push_back(inbox);
    return send_request(fork_server, Json::Object{{"attempt", to_json(attempt)}}, descriptors);
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
                      .wait_status = static_cast<int>(json.at("wait_status").as_integer()),
                      .left = json.at("left").as_string(),
                      .reason = json.at("reason").as_string()};
}

}  // namespace freshet::process
