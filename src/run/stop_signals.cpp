// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/stop_signals.hpp"

#include "base/files.hpp"

#include "freshet/error.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace freshet::run {

namespace {

sigset_t stop_set() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

}  // namespace

StopSignals::StopSignals(std::function<void()> notice) : notice_(std::move(notice)), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (wake_ < 0) throw Error("listen for signals: " + system_error_text(errno));
    const sigset_t set = stop_set();
    pthread_sigmask(SIG_BLOCK, &set, &before_);
    listener_ = std::thread([this] { listen(); });
}

StopSignals::~StopSignals() {
    eventfd_write(wake_, 1);
    listener_.join();
    close(wake_);
    // A signal that nobody looked at any more must not kill on the way out what has just been finished.
    const sigset_t set = stop_set();
    const timespec at_once{};
    while (sigtimedwait(&set, nullptr, &at_once) > 0) {}
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::listen() {
    const sigset_t set = stop_set();
    const FileDescriptor signals(signalfd(-1, &set, SFD_CLOEXEC));
    pollfd wanted[] = {{.fd = signals.get(), .events = POLLIN, .revents = 0}, {.fd = wake_, .events = POLLIN, .revents = 0}};
    for (;;) {
        if (poll(wanted, 2, -1) < 0 && errno != EINTR) return;
        if (wanted[1].revents != 0) return;
        signalfd_siginfo info;
        if (wanted[0].revents == 0 || read(signals.get(), &info, sizeof info) != sizeof info) continue;
        ++count_;
        notice_();
    }
}

}  // namespace freshet::run
