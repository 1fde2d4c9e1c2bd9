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

/// Notifications to the service manager in the protocol of sd_notify(3); none are sent without NOTIFY_SOCKET.
/// Thread-safe; never blocks.
class Notifier {
public:
    /// Throws Error when the socket of NOTIFY_SOCKET cannot be connected to.
    explicit Notifier(const Environment& environment);

    void ready(std::string_view status) const;
    void reloading(std::chrono::steady_clock::time_point now) const;
    void stopping() const;
    void alive() const { send("WATCHDOG=1"); }

    /// The interval at which to call alive(); nullopt without a watchdog.
    std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

private:
    void send(const std::string& message) const;

    FileDescriptor socket_{};
    std::optional<std::chrono::milliseconds> watchdog_{};
};

}  // namespace freshet::daemon
