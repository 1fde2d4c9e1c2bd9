// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/sd_notify.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <cstring>

using namespace freshet;
using namespace std::chrono_literals;
using daemon::Notifier;

namespace {

/// A socket like that of a service manager.
struct ServiceManager {
    test::TempDir dir;
    std::string path = dir / "notify";
    FileDescriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};

    ServiceManager() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        REQUIRE(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    std::string received() const {
        std::array<char, 500> text{};
        const auto size = recv(socket.get(), text.data(), text.size(), MSG_DONTWAIT);
        return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
    }
};

}  // namespace

TEST_CASE_METHOD(ServiceManager, "the service manager gets the messages of sd_notify", "[daemon]") {
    const Notifier notifier(Environment{{"NOTIFY_SOCKET", path}});
    notifier.ready("listens");
    CHECK(received() == "READY=1\nSTATUS=listens");
    notifier.alive();
    CHECK(received() == "WATCHDOG=1");
    notifier.reloading(std::chrono::steady_clock::time_point(5ms));
    CHECK(received() == "RELOADING=1\nMONOTONIC_USEC=5000");
    notifier.stopping();
    CHECK(received() == "STOPPING=1\nSTATUS=answering pending requests");
}

TEST_CASE_METHOD(ServiceManager, "the watchdog interval is half of WATCHDOG_USEC, if meant for this process",
                 "[daemon]") {
    const std::string ours = std::to_string(getpid());
    CHECK(Notifier(Environment{{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", ours}})
              .watchdog() == 15s);
    CHECK(Notifier(Environment{{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "30000000"}}).watchdog() == 15s);
    CHECK_FALSE(Notifier(Environment{{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}})
                    .watchdog());
    CHECK_FALSE(Notifier(Environment{{"NOTIFY_SOCKET", path}}).watchdog());
}

TEST_CASE("nothing is sent without a service manager", "[daemon]") {
    const Notifier notifier(Environment{});
    CHECK_NOTHROW(notifier.ready("listens"));
    CHECK_FALSE(notifier.watchdog());
}

TEST_CASE("an unreachable notification socket is an error", "[daemon]") {
    CHECK_THROWS_AS(Notifier(Environment{{"NOTIFY_SOCKET", "/nowhere/notify"}}), Error);
}
