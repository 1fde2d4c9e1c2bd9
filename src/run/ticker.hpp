// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace freshet::run {

/// Calls a function at once and then five times a second, from its construction to its destruction, on a thread of its
/// own. Signals are never delivered to that thread: they are for those who listen.
class Ticker {
public:
    explicit Ticker(std::function<void()> tick);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    std::jthread thread_;
};

}  // namespace freshet::run
