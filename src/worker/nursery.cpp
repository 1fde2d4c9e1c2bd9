// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/nursery.hpp"

#include "worker/attempt_json.hpp"
#include "worker/frames.hpp"
#include "worker/nursery_process.hpp"

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
    FileDescriptor ours;
    FileDescriptor theirs;
};

SocketPair make_socket_pair() {
    std::array<int, 2> ends;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error("starting the process for attempts: no socket pair: " + system_error_text(errno));
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool ask(const Nursery& nursery, const Json& request, const std::vector<int>& descriptors = {}) {
    return send_frame(nursery.socket(), request.text(), descriptors);
}

}  // namespace

Nursery Nursery::start(const Registry& registry) {
    SocketPair sockets = make_socket_pair();
    std::fflush(nullptr);  // or what is buffered now is printed by each child again
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw Error("starting the process for attempts: " + system_error_text(errno));
    if (pid == 0) be_nursery(parent, std::move(sockets.theirs), registry);
    return Nursery(pid, std::move(sockets.ours));
}

Nursery::~Nursery() {
    if (!pid_) return;
    socket_ = FileDescriptor();
    ::kill(*pid_, SIGTERM);  // the closed socket tells it too, unless a forked process of ours still holds a copy
    while (::waitpid(*pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool ask_for_attempt(const Nursery& nursery, const Attempt& attempt, int news, int output) {
    return ask(nursery, Json::Object{{"attempt", to_json(attempt)}}, {news, output});
}

bool ask_for_failure_report(const Nursery& nursery, const Attempt& attempt, const Failure& failure, int news, int output) {
    return ask(nursery, Json::Object{{"attempt", to_json(attempt)}, {"failure", to_json(failure)}}, {news, output});
}

bool ask_for_signal(const Nursery& nursery, const std::string& token, int signal) {
    return ask(nursery, Json::Object{{"signal", signal}, {"token", token}});
}

std::optional<ChildNews> receive_child_news(const Nursery& nursery) {
    const auto frame = receive_frame(nursery.socket());
    if (!frame) return std::nullopt;
    const Json json = Json::parse(frame->text);
    return ChildNews{.what = static_cast<ChildNews::What>(json.at("what").as_integer()),
                     .token = json.at("token").as_string(),
                     .number = static_cast<int>(json.at("number").as_integer()),
                     .reason = json.at("reason").as_string()};
}

}  // namespace freshet::worker
