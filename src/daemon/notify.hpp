// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "base/files.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::daemon {

/// Tells the service manager how the daemon is, over the datagram socket that systemd names; without one, nobody. Safe
/// to use from many threads, and never blocks.
class Notifier {
public:
    /// Throws Error when the socket that NOTIFY_SOCKET names cannot be used.
    explicit Notifier(const Environment& environment);

    void ready(std::string_view status) const;
    void reloading(std::chrono::steady_clock::time_point now) const;
    void stopping() const;
    void alive() const { send("WATCHDOG=1"); }

    /// How often the manager wants to hear that the daemon is alive; nullopt: it does not.
    std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

private:
    void send(const std::string& message) const;

    FileDescriptor socket_{};
    std::optional<std::chrono::milliseconds> watchdog_{};
};

}  // namespace freshet::daemon
