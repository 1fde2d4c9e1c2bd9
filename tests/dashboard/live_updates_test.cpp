// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/live_updates.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <string>

using namespace freshet;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

Time at(int milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

/// Asks a stream for its next message.
std::future<std::string> next(const http::Response& stream) {
    auto message = std::make_shared<std::promise<std::string>>();
    auto received = message->get_future();
    stream.next_piece([message](std::string text) { message->set_value(std::move(text)); });
    return received;
}

struct Updates {
    std::atomic<Time> changed{at(1)};
    LiveUpdatesOptions options{.max_viewers = 2, .interval = 1ms, .keep_alive = 1h};
    LiveUpdates updates{[this] { return changed.load(); }, options};
};

}  // namespace

TEST_CASE("a viewer is told the last change at first, and each later one once", "[dashboard]") {
    Updates live;
    const http::Response stream = live.updates.subscribe();
    CHECK(stream.header("Content-Type") == "text/event-stream");
    CHECK(next(stream).get() == "retry: 2000\ndata: 1\n\n");
    auto second = next(stream);
    CHECK(second.wait_for(20ms) == std::future_status::timeout);
    live.changed = at(7);
    CHECK(second.get() == "data: 7\n\n");
}

TEST_CASE("a viewer gets no more than a message per interval, however much changes", "[dashboard]") {
    std::atomic<int> asked = 0;
    LiveUpdates updates([&] { return at(++asked); }, {.interval = 1h});
    const http::Response stream = updates.subscribe();
    next(stream).get();
    CHECK(next(stream).wait_for(20ms) == std::future_status::timeout);
    CHECK(asked == 1);
}

TEST_CASE("a comment comes when nothing changes", "[dashboard]") {
    LiveUpdates updates([] { return at(1); }, {.interval = 1ms, .keep_alive = 1ms});
    const http::Response stream = updates.subscribe();
    next(stream).get();
    CHECK(next(stream).get() == ":\n\n");
}

TEST_CASE("one viewer more than may be is refused until another has gone", "[dashboard]") {
    Updates live;
    const http::Response first = live.updates.subscribe();
    std::optional<http::Response> second = live.updates.subscribe();
    CHECK(live.updates.subscribe().status == 503);
    second.reset();
    CHECK(live.updates.subscribe().status == 200);
}

TEST_CASE("all streams end when the updates are stopped, also those that are asked for later", "[dashboard]") {
    Updates live;
    const http::Response stream = live.updates.subscribe();
    next(stream).get();
    auto last = next(stream);
    live.updates.stop();
    CHECK(last.get().empty());
    CHECK(next(stream).get().empty());
    CHECK(live.updates.subscribe().status == 503);
}
