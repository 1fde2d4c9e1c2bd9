// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <csignal>
#include <functional>
#include <initializer_list>
#include <thread>

namespace freshet {

/// Opens /dev/null for each closed standard stream, so that the next opened file does not become that stream and
/// receive error messages. Call before opening anything.
void open_standard_streams();

/// Delivers signals to a callback from construction to destruction instead of their default action. Blocks them in the
/// constructing thread and the threads it starts afterwards: construct it before the first of these.
class SignalListener {
public:
    /// Calls `on_signal` with the signal's number, on a thread of its own.
    SignalListener(std::initializer_list<int> signals, std::function<void(int)> on_signal);
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
