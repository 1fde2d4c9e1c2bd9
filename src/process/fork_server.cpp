// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/fork_server.hpp"

#include "process/attempt_json.hpp"
#include "process/fork_server_main.hpp"
#include "process/frames.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace freshet::worker {

namespace {

struct SocketPair {
    FileDescriptor parent_end;
    FileDescriptor child_end;
};

SocketPair make_socket_pair() {
    std::array<int, 2> ends;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error("starting the process for attempts: no socket pair: " + system_error_text(errno));
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool send_request(const ForkServer& fork_server, const Json& request, const std::vector<int>& descriptors = {}) {
    return send_frame(fork_server.socket(), request.text(), descriptors);
}

}  // namespace

ForkServer ForkServer::start(const Registry& registry) {
    SocketPair sockets = make_socket_pair();
    std::fflush(nullptr);  // or what is buffered now is printed by each child again
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw Error("starting the process for attempts: " + system_error_text(errno));
    if (pid == 0) run_fork_server(parent, std::move(sockets.child_end), registry);
    return ForkServer(pid, std::move(sockets.parent_end));
}

ForkServer::~ForkServer() {
    if (!pid_) return;
    socket_ = FileDescriptor();
    ::kill(*pid_, SIGTERM);  // the closed socket tells it too, unless a forked process of ours still holds a copy
    while (::waitpid(*pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool request_attempt(const ForkServer& fork_server, const Attempt& attempt, int messages, int output) {
    return send_request(fork_server, Json::Object{{"attempt", to_json(attempt)}}, {messages, output});
}

bool request_failure_report(const ForkServer& fork_server, const Attempt& attempt, const Failure& failure, int messages,
                            int output) {
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

}  // namespace freshet::worker
