// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <csignal>
#include <functional>
#include <initializer_list>
#include <thread>

namespace freshet {

/// Hears signals instead of dying of them, from its construction to its destruction. They are blocked in the
/// constructing thread and in those it starts from then on: make it before the first of these.
class SignalListener {
public:
    /// `on_signal` is called with the signal's number, on a thread of its own.
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
