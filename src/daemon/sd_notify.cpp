// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/sd_notify.hpp"

#include "freshet/codec.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace freshet::daemon {

namespace {

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

/// Connects to a datagram socket; "@name" is an abstract one, without a file.
FileDescriptor connect_socket(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof address.sun_path) throw_system_error("notify", name, ENAMETOOLONG);
    std::memcpy(address.sun_path, name.data(), name.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket || connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0)
        throw_system_error("notify", name, errno);
    return socket;
}

/// Returns half of WATCHDOG_USEC, after which systemd kills; nullopt when WATCHDOG_PID is another process.
std::optional<std::chrono::milliseconds> watchdog_interval(const Environment& environment) {
    const std::string microseconds = value_of(environment, "WATCHDOG_USEC");
    const std::string pid = value_of(environment, "WATCHDOG_PID");
    if (microseconds.empty() || (!pid.empty() && pid != std::to_string(getpid()))) return std::nullopt;
    const std::chrono::microseconds limit(Codec<std::int64_t>::read(microseconds));
    return std::chrono::duration_cast<std::chrono::milliseconds>(limit / 2);
}

}  // namespace

Notifier::Notifier(const Environment& environment) {
    const std::string name = value_of(environment, "NOTIFY_SOCKET");
    if (name.empty()) return;
    socket_ = connect_socket(name);
    watchdog_ = watchdog_interval(environment);
}

void Notifier::ready(std::string_view status) const { send(fmt::format("READY=1\nSTATUS={}", status)); }

void Notifier::reloading(std::chrono::steady_clock::time_point now) const {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds));
}

void Notifier::stopping() const { send("STOPPING=1\nSTATUS=answering pending requests"); }

void Notifier::send(const std::string& message) const {
    // Best effort: a full or closed socket must not stop the daemon.
    if (socket_) (void)::send(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace freshet::daemon
