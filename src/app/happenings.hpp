// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/signal_listener.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>

namespace freshet::app {

/// What a daemon's main thread waits for.
enum class Happening { stop, reload, failure };

/// Collects what signals and failures ask of the daemon, from its construction to its destruction. A second signal to
/// stop ends the process at once.
class Happenings {
public:
    /// To be made before the first thread.
    Happenings();

    /// From any thread: the daemon cannot go on.
    void fail(std::exception_ptr why);
    std::exception_ptr failure() const;

    /// The next one; nullopt when that time has passed. A stop goes before all others.
    std::optional<Happening> wait(std::chrono::steady_clock::time_point until);

private:
    void hear(int signal);
    std::optional<Happening> take();

    mutable std::mutex mutex_;
    std::condition_variable happened_;
    int stops_ = 0;                 // guarded by mutex_, as all below
    bool is_to_stop_ = false;
    bool is_to_reload_ = false;
    bool has_failed_ = false;
    std::exception_ptr failure_{};
    SignalListener listener_;  // last: it uses all of the above
};

}  // namespace freshet::app
