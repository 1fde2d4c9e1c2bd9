// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/nursery_process.hpp"

#include "freshet/json.hpp"
#include "worker/attempt_process.hpp"
#include "worker/frames.hpp"
#include "worker/nursery.hpp"
#include "worker/own_process.hpp"

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
sigset_t awaited_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    return set;
}

/// SIGCHLD and SIGTERM as something that can be read. Ctrl-C reaches the worker, which decides what ends.
FileDescriptor open_signals() {
    const sigset_t set = awaited_signals();
    ::sigprocmask(SIG_SETMASK, &set, nullptr);
    for (const int signal : {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE}) ::signal(signal, SIG_IGN);
    return FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

class NurseryProcess {
public:
    NurseryProcess(FileDescriptor socket, const Registry& registry)
        : socket_(std::move(socket)), signals_(open_signals()), registry_(registry) {}

    void run() {
        std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
        for (;;) {
            if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
            if (watched[1].revents && is_told_to_end()) return;
            reap();
            if (!watched[0].revents) continue;
            auto frame = receive_frame(socket_);
            if (!frame) return;
            obey(*frame);
        }
    }

    /// Each child's whole group: what it started must not live on either.
    void kill_all() const {
        for (const auto& [pid, token] : children_) ::kill(-pid, SIGKILL);
    }

private:
    bool is_told_to_end() const {
        signalfd_siginfo info;
        while (::read(signals_.get(), &info, sizeof info) == sizeof info)
            if (info.ssi_signo == SIGTERM) return true;
        return false;
    }

    void obey(Frame& frame) {
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
        if (pid == 0) be_attempt(self, request, registry_, pipes.at(0).get(), pipes.at(1).get());
        if (pid < 0) {
            tell(ChildNews::What::not_started, token, 0, system_error_text(errno));
            return;
        }
        ::setpgid(pid, pid);  // the child does so too; whoever comes first
        children_.emplace(pid, token);
        tell(ChildNews::What::started, token, pid);
    }

    void send_signal(const std::string& token, int signal) const {
        for (const auto& [pid, its_token] : children_)
            if (its_token == token) ::kill(-pid, signal);
    }

    void reap() {
        for (;;) {
            siginfo_t info{};
            if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
            // Until it is reaped nobody else can get its number, so only now is its group surely its own.
            ::kill(-info.si_pid, SIGKILL);
            int status = 0;
            ::waitpid(info.si_pid, &status, 0);
            if (const auto child = children_.extract(info.si_pid)) tell(ChildNews::What::ended, child.mapped(), status);
        }
    }

    void tell(ChildNews::What what, const std::string& token, int number, const std::string& reason = {}) const {
        send_frame(socket_, Json(Json::Object{{"what", static_cast<int>(what)},
                                              {"token", token},
                                              {"number", number},
                                              {"reason", reason}})
                                .text());
    }

    FileDescriptor socket_;
    FileDescriptor signals_;
    const Registry& registry_;
    std::map<pid_t, std::string> children_;  // with their tokens
};

}  // namespace

void be_nursery(pid_t parent, FileDescriptor socket, const Registry& registry) noexcept {
    try {
        // SIGTERM, not SIGKILL: there is something left to do, which is to kill the children's groups.
        die_with(parent, SIGTERM);
        ::setpgid(0, 0);
        keep_only({socket.release()}, StandardStreams::keep_error);
        NurseryProcess nursery(FileDescriptor(first_kept), registry);
        nursery.run();
        nursery.kill_all();
    } catch (const std::exception& error) {
        const std::string message = fmt::format("the process for attempts: {}\n", error.what());
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
    }
    ::_exit(0);
}

}  // namespace freshet::worker
