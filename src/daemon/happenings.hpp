// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/signals.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>

namespace freshet::daemon {

/// What a daemon's main thread waits for.
enum class DaemonEvent { stop, reload, failure };

/// Collects what signals and failures ask of the daemon, from its construction to its destruction. A second signal to
/// stop ends the process at once.
class DaemonEventQueue {
public:
    /// To be made before the first thread.
    DaemonEventQueue();

    /// From any thread: the daemon cannot go on.
    void fail(std::exception_ptr why);
    std::exception_ptr failure() const;

    /// The next one; nullopt when that time has passed. A stop goes before all others.
    std::optional<DaemonEvent> wait(std::chrono::steady_clock::time_point until);

private:
    void on_signal(int signal);
    std::optional<DaemonEvent> take();

    mutable std::mutex mutex_;
    std::condition_variable event_posted_;
    int stop_count_ = 0;  // guarded by mutex_, as all below
    bool stop_requested_ = false;
    bool reload_requested_ = false;
    bool has_failed_ = false;
    std::exception_ptr failure_{};
    SignalListener listener_;  // last: it uses all of the above
};

}  // namespace freshet::daemon
