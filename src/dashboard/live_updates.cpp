// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/live_updates.hpp"

#include "api/responses.hpp"
#include "dashboard/page_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::dashboard {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

/// The browser's pause before it connects again.
constexpr std::string_view opening = "retry: 2000\n";
constexpr std::string_view comment = ":\n\n";

std::string message(Time changed) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(changed.time_since_epoch());
    return fmt::format("data: {}\n\n", milliseconds.count());
}

}  // namespace

/// The open streams. Responses hold it, too: they may outlive the LiveUpdates.
class LiveUpdates::Viewers {
public:
    /// Returns the number of a new viewer; nullopt if there are as many as may be.
    std::optional<std::uint64_t> add(std::size_t max_viewers) {
        const std::lock_guard lock(mutex_);
        if (is_stopped_ || viewers_.size() >= max_viewers) return std::nullopt;
        viewers_.emplace(++last_number_, Viewer{});
        return last_number_;
    }

    void remove(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        viewers_.erase(number);
    }

    /// Takes the request for a viewer's next message.
    void request(std::uint64_t number, http::SendPiece send) {
        {
            const std::lock_guard lock(mutex_);
            const auto viewer = viewers_.find(number);
            if (!is_stopped_ && viewer != viewers_.end()) {
                viewer->second.send = std::move(send);
                requested_.notify_one();
                return;
            }
        }
        send({});
    }

    /// Sends to each viewer whose turn it is.
    void send(Time changed, SteadyTime now, std::chrono::milliseconds keep_alive) {
        std::vector<std::pair<http::SendPiece, std::string>> due;
        {
            const std::lock_guard lock(mutex_);
            for (auto& [number, viewer] : viewers_) {
                std::string text = viewer.next(changed, now, keep_alive);
                if (!text.empty()) due.emplace_back(std::exchange(viewer.send, nullptr), std::move(text));
            }
        }
        for (auto& [send, text] : due) send(std::move(text));
    }

    void stop() {
        std::map<std::uint64_t, Viewer> ended;
        {
            const std::lock_guard lock(mutex_);
            is_stopped_ = true;
            ended.swap(viewers_);
        }
        for (auto& [number, viewer] : ended)
            if (viewer.send) viewer.send({});
    }

    /// Waits until a viewer wants a message; false if none does before the end.
    bool wait(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        const auto wants_message = [](const auto& viewer) { return static_cast<bool>(viewer.second.send); };
        return requested_.wait(lock, stop, [&] { return std::ranges::any_of(viewers_, wants_message); });
    }

    /// Waits for the interval, or less before the end.
    void wait_for(std::chrono::milliseconds interval, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        requested_.wait_for(lock, stop, interval, [] { return false; });
    }

private:
    struct Viewer {
        http::SendPiece send{};      ///< null: the message before is being sent
        std::optional<Time> told{};  ///< the change that the last message told; none: there was no message
        SteadyTime last_message{};

        /// Returns the message that is due; empty without one.
        std::string next(Time changed, SteadyTime now, std::chrono::milliseconds keep_alive) {
            if (!send) return {};
            const bool is_first = !told;
            const bool is_news = told != changed;
            if (!is_news && now - last_message < keep_alive) return {};
            told = changed;
            last_message = now;
            if (!is_news) return std::string(comment);
            return is_first ? std::string(opening) + message(changed) : message(changed);
        }
    };

    std::mutex mutex_;
    std::condition_variable_any requested_;
    std::map<std::uint64_t, Viewer> viewers_;  // guarded by mutex_, as all below
    std::uint64_t last_number_ = 0;
    bool is_stopped_ = false;
};

LiveUpdates::LiveUpdates(std::function<Time()> last_change, LiveUpdatesOptions options)
    : last_change_(std::move(last_change)),
      options_(options),
      viewers_(std::make_shared<Viewers>()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LiveUpdates::~LiveUpdates() { stop(); }

http::Response LiveUpdates::subscribe() {
    const auto number = viewers_->add(options_.max_viewers);
    if (!number) return api::error_response(503, "there are as many viewers with live updates as may be");
    const std::shared_ptr<const void> presence(
        nullptr, [viewers = viewers_, number = *number](const void*) { viewers->remove(number); });
    return {.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}},
            .next_piece = [viewers = viewers_,
                           number = *number](http::SendPiece send) { viewers->request(number, std::move(send)); },
            .until_sent = presence};
}

void LiveUpdates::stop() { viewers_->stop(); }

void LiveUpdates::run(const std::stop_token& stop) {
    while (viewers_->wait(stop) && !stop.stop_requested()) {
        viewers_->send(last_change_(), std::chrono::steady_clock::now(), options_.keep_alive);
        viewers_->wait_for(options_.interval, stop);
    }
}

std::vector<api::Route> live_routes(LiveUpdates& updates) {
    const auto subscribe = [&updates](const api::RequestContext&, const http::Responder& respond) {
        respond([&updates] { return updates.subscribe(); });
    };
    const auto send_script = [](const api::RequestContext&, const http::Responder& respond) {
        respond([] {
            return http::Response{.headers = {{"Content-Type", "text/javascript; charset=utf-8"}},
                                  .body = std::string(script())};
        });
    };
    return {{.id = "events", .path = "/events", .roles = api::Role::view, .handler = subscribe},
            {.id = "script", .path = "/script.js", .roles = api::Role::view, .handler = send_script}};
}

}  // namespace freshet::dashboard
