// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <csignal>
#include <functional>
#include <thread>
#include <vector>

namespace freshet {

/// Opens /dev/null for each closed standard stream, so that the next opened file does not become that stream and
/// receive error messages. Call before opening anything.
void open_standard_streams();

/// Lets a write to a closed pipe fail, in place of ending the process, unless the signal is ignored or handled already.
/// Programs that this one executes are ended by it again. Call before starting a thread.
void survive_broken_pipes();

/// Returns whether the process was started with the signal ignored, as nohup(1) and shells do.
bool is_ignored(int signal);

/// Blocks all signals in this thread, and in the threads that it starts, until destruction.
class SignalBlocker {
public:
    SignalBlocker();
    ~SignalBlocker();
    SignalBlocker(const SignalBlocker&) = delete;
    SignalBlocker& operator=(const SignalBlocker&) = delete;

private:
    sigset_t previous_mask_{};
};

/// Delivers signals to a callback from construction to destruction instead of their default action. Blocks them in the
/// constructing thread and the threads it starts afterwards: construct it before the first of these.
class SignalListener {
public:
    /// Calls `on_signal` with the signal's number, on a thread of its own.
    SignalListener(const std::vector<int>& signals, std::function<void(int)> on_signal);
    ~SignalListener();
    SignalListener(const SignalListener&) = delete;
    SignalListener& operator=(const SignalListener&) = delete;

private:
    void listen();

    std::function<void(int)> on_signal_;
    sigset_t signals_{};
    sigset_t previous_mask_{};
    FileDescriptor wake_;  // an eventfd that ends the listener
    std::thread thread_;   // last: it uses all of the above
};

}  // namespace freshet
