// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "freshet/clock.hpp"
#include "freshet/http.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace freshet::dashboard {

struct LiveUpdatesOptions {
    std::size_t max_viewers = 200;             ///< one more gets 503
    std::chrono::milliseconds interval{1000};  ///< between two messages to a viewer
    std::chrono::milliseconds keep_alive{
        15'000};  ///< between two comments, by which a viewer notices a lost connection
};

/// Tells viewers when the state has changed, as server-sent events. Thread-safe. Asks for the last change once per
/// interval, however much changes, so that viewers cost the scheduler nothing.
class LiveUpdates {
public:
    /// `last_change` is called by a thread of this.
    explicit LiveUpdates(std::function<Time()> last_change, LiveUpdatesOptions options = {});
    /// Ends all streams.
    ~LiveUpdates();
    LiveUpdates(const LiveUpdates&) = delete;
    LiveUpdates& operator=(const LiveUpdates&) = delete;

    /// Returns a stream of messages, each with the time of the last change in milliseconds since 1970; the first one
    /// comes within the interval.
    http::Response subscribe();
    /// Ends all streams and refuses further viewers: before the end of the server, which waits for its responses.
    void stop();

private:
    class Viewers;

    void run(const std::stop_token& stop);

    std::function<Time()> last_change_;
    LiveUpdatesOptions options_;
    std::shared_ptr<Viewers> viewers_;
    std::jthread thread_;  // last: it uses all of the above
};

/// Returns the routes "/events", such a stream, and "/script.js", which listens to it in the pages. `updates` outlives
/// them.
std::vector<api::Route> live_routes(LiveUpdates& updates);

}  // namespace freshet::dashboard
