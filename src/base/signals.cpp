// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/signals.hpp"

#include "freshet/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace freshet {

SignalListener::SignalListener(const std::vector<int>& signals, std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (!wake_) throw Error("listen for signals: " + system_error_text(errno));
    sigemptyset(&signals_);
    for (const int signal : signals) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, &previous_mask_);
    thread_ = std::thread([this] { listen(); });
}

SignalListener::~SignalListener() {
    eventfd_write(wake_.get(), 1);
    thread_.join();
    // Discards signals that were not handled, since they would kill the process on unblocking.
    const timespec at_once{};
    while (sigtimedwait(&signals_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
}

void SignalListener::listen() {
    const FileDescriptor signals(signalfd(-1, &signals_, SFD_CLOEXEC));
    pollfd wanted[] = {{.fd = signals.get(), .events = POLLIN, .revents = 0},
                       {.fd = wake_.get(), .events = POLLIN, .revents = 0}};
    for (;;) {
        if (poll(wanted, 2, -1) < 0 && errno != EINTR) return;
        if (wanted[1].revents != 0) return;
        signalfd_siginfo info;
        if (wanted[0].revents == 0 || read(signals.get(), &info, sizeof info) != sizeof info) continue;
        on_signal_(static_cast<int>(info.ssi_signo));
    }
}

SignalBlocker::SignalBlocker() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_mask_);
}

SignalBlocker::~SignalBlocker() { pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr); }

bool is_ignored(int signal) {
    struct sigaction current {};
    return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

void survive_broken_pipes() {
    struct sigaction action {};
    sigaction(SIGPIPE, nullptr, &action);
    if (action.sa_handler != SIG_DFL) return;
    action.sa_handler = [](int) {};  // not SIG_IGN, which executed programs would inherit
    action.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &action, nullptr);
}

void open_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) open("/dev/null", O_RDWR);  // gets the lowest free number
}

}  // namespace freshet
