// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/signals.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <future>

using freshet::SignalListener;
using namespace std::chrono_literals;

TEST_CASE("the listener receives the numbers of its signals", "[base]") {
    std::promise<int> heard;
    const SignalListener listener({SIGHUP, SIGUSR1}, [&](int signal) { heard.set_value(signal); });
    kill(getpid(), SIGUSR1);
    auto number = heard.get_future();
    REQUIRE(number.wait_for(10s) == std::future_status::ready);
    CHECK(number.get() == SIGUSR1);
}

TEST_CASE("the listener restores the previous signal dispositions", "[base]") {
    sigset_t before, after;
    pthread_sigmask(SIG_BLOCK, nullptr, &before);
    {
        const SignalListener listener({SIGUSR1}, [](int) {});
    }
    pthread_sigmask(SIG_BLOCK, nullptr, &after);
    CHECK(sigismember(&after, SIGUSR1) == sigismember(&before, SIGUSR1));
}
