// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/remote_scheduler.hpp"

#include "base/time.hpp"
#include "worker/pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace freshet::worker {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{10'000};  // who comes back is noticed soon, and not overrun
constexpr int most_failures = 3;               // of one call at a scheduler that answers others

milliseconds since(std::chrono::steady_clock::time_point began, const Clock& clock) {
    return std::chrono::duration_cast<milliseconds>(clock.steady_now() - began);
}

}  // namespace

Json RemoteScheduler::greeting() {
    return until_answered([this](const std::stop_token& stop) { return parts_.line.greeting(stop); });
}

std::vector<wire::Response> RemoteScheduler::call(const std::vector<wire::Request>& requests) {
    std::vector<wire::Response> responses;
    for (const wire::Request& request : requests) {
        const auto* registration = std::get_if<wire::RegisterTasks>(&request);
        responses.push_back(registration ? register_in_pieces(registration->tasks) : post(request));
    }
    return responses;
}

wire::Response RemoteScheduler::post(const wire::Request& request) {
    return until_answered([&](const std::stop_token& stop) { return parts_.line.post(request, stop); });
}

wire::TasksAdded RemoteScheduler::register_in_pieces(std::span<const wire::AddTask> tasks) {
    wire::TasksAdded all;
    while (!tasks.empty()) {
        const auto piece = tasks.first(tasks_of_a_call(tasks));
        tasks = tasks.subspan(piece.size());
        auto added = std::get<wire::TasksAdded>(post(wire::RegisterTasks{.tasks = {piece.begin(), piece.end()}}));
        std::move(added.answers.begin(), added.answers.end(), std::back_inserter(all.answers));
    }
    return all;
}

void RemoteScheduler::stop_asked() {
    if (parts_.stops() < 2) return;
    const std::lock_guard lock(mutex_);
    under_way_.request_stop();
}

template <class Call>
std::invoke_result_t<Call, std::stop_token> RemoteScheduler::until_answered(Call call) {
    const auto began = parts_.clock.steady_now();
    std::optional<std::chrono::steady_clock::time_point> stop_noticed;
    for (int tries = 1, failures = 0;; ++tries) {
        std::stop_token stop;
        {
            const std::lock_guard lock(mutex_);
            under_way_ = {};
            stop = under_way_.get_token();
        }
        try {
            auto answer = call(stop);
            was_reached_ = true;
            if (tries > 1)
                parts_.notice(fmt::format("scheduler '{}' answers again, after {}", parts_.line.name(),
                                          readable_duration(since(began, parts_.clock))));
            return answer;
        } catch (const TransientError& error) {
            if (dynamic_cast<const FailedCallError*>(&error) && ++failures == most_failures)
                throw UnavailableError(error.what());
            if (parts_.stops() > 0 && !stop_noticed) stop_noticed = parts_.clock.steady_now();
            if (since(stop_noticed.value_or(began), parts_.clock) >= patience())
                throw UnavailableError(fmt::format("{}; gave up after {}", error.what(),
                                                   readable_duration(since(began, parts_.clock))));
            if (tries == 1)
                parts_.notice(fmt::format("{}: trying again for up to {}", error.what(), readable_duration(patience())));
            wait(tries, error);
        }
    }
}

milliseconds RemoteScheduler::patience() const {
    const int stops = parts_.stops();
    if (stops > 1) return milliseconds(0);
    if (stops == 1 && !was_reached_) return milliseconds(0);  // there is nothing to bring to it
    const auto usual = was_reached_ ? patience_.later : std::min(patience_.at_first, patience_.later);
    return stops == 1 ? std::min(usual, patience_.when_stopped) : usual;
}

void RemoteScheduler::wait(int tries, const TransientError& error) {
    const double doubled = static_cast<double>(first_pause.count()) * std::exp2(std::min(tries - 1, 16));
    const double whole = std::min(doubled, static_cast<double>(longest_pause.count()));
    auto pause = milliseconds(static_cast<milliseconds::rep>(whole * (0.5 + 0.5 * parts_.chance())));
    if (error.retry_after()) pause = std::max(pause, std::min<milliseconds>(*error.retry_after(), longest_pause));
    parts_.pause(pause);
}

}  // namespace freshet::worker
