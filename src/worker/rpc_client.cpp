// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/rpc_client.hpp"

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
constexpr int max_failures = 3;                // of one call at a scheduler that answers others

milliseconds since(std::chrono::steady_clock::time_point began, const Clock& clock) {
    return std::chrono::duration_cast<milliseconds>(clock.steady_now() - began);
}

}  // namespace

Json RetryingClient::server_info() {
    return call_with_retries([this](const std::stop_token& stop) { return parts_.rpc.server_info(stop); });
}

std::vector<rpc::Response> RetryingClient::call(const std::vector<rpc::Request>& requests) {
    std::vector<rpc::Response> responses;
    for (const rpc::Request& request : requests) {
        const auto* registration = std::get_if<rpc::RegisterTasks>(&request);
        responses.push_back(registration ? register_in_chunks(registration->tasks) : call_one(request));
    }
    return responses;
}

rpc::Response RetryingClient::call_one(const rpc::Request& request) {
    return call_with_retries([&](const std::stop_token& stop) { return parts_.rpc.call(request, stop); });
}

rpc::TasksAdded RetryingClient::register_in_chunks(std::span<const rpc::AddTask> tasks) {
    rpc::TasksAdded all;
    while (!tasks.empty()) {
        const auto chunk = tasks.first(first_chunk_size(tasks));
        tasks = tasks.subspan(chunk.size());
        auto added = std::get<rpc::TasksAdded>(call_one(rpc::RegisterTasks{.tasks = {chunk.begin(), chunk.end()}}));
        std::move(added.answers.begin(), added.answers.end(), std::back_inserter(all.answers));
    }
    return all;
}

void RetryingClient::on_stop_request() {
    if (parts_.stop_requests() < 2) return;
    const std::lock_guard lock(mutex_);
    current_call_.request_stop();
}

template <class Call>
std::invoke_result_t<Call, std::stop_token> RetryingClient::call_with_retries(Call call) {
    const auto began = parts_.clock.steady_now();
    std::optional<std::chrono::steady_clock::time_point> stop_seen_at;
    for (int tries = 1, failures = 0;; ++tries) {
        std::stop_token stop;
        {
            const std::lock_guard lock(mutex_);
            current_call_ = {};
            stop = current_call_.get_token();
        }
        try {
            auto response = call(stop);
            was_reached_ = true;
            if (tries > 1)
                parts_.notify(fmt::format("scheduler '{}' answers again, after {}", parts_.rpc.name(),
                                          readable_duration(since(began, parts_.clock))));
            return response;
        } catch (const TransientError& error) {
            if (dynamic_cast<const FailedCallError*>(&error) && ++failures == max_failures)
                throw UnavailableError(error.what());
            if (parts_.stop_requests() > 0 && !stop_seen_at) stop_seen_at = parts_.clock.steady_now();
            if (since(stop_seen_at.value_or(began), parts_.clock) >= retry_budget())
                throw UnavailableError(
                    fmt::format("{}; gave up after {}", error.what(), readable_duration(since(began, parts_.clock))));
            if (tries == 1)
                parts_.notify(
                    fmt::format("{}: trying again for up to {}", error.what(), readable_duration(retry_budget())));
            back_off(tries, error);
        }
    }
}

milliseconds RetryingClient::retry_budget() const {
    const int stop_requests = parts_.stop_requests();
    if (stop_requests > 1) return milliseconds(0);
    if (stop_requests == 1 && !was_reached_) return milliseconds(0);  // there is nothing to bring to it
    const auto usual = was_reached_ ? budget_.reconnect : std::min(budget_.initial, budget_.reconnect);
    return stop_requests == 1 ? std::min(usual, budget_.after_stop) : usual;
}

void RetryingClient::back_off(int tries, const TransientError& error) {
    const double doubled = static_cast<double>(first_pause.count()) * std::exp2(std::min(tries - 1, 16));
    const double whole = std::min(doubled, static_cast<double>(longest_pause.count()));
    auto pause = milliseconds(static_cast<milliseconds::rep>(whole * (0.5 + 0.5 * parts_.jitter())));
    if (error.retry_after()) pause = std::max(pause, std::min<milliseconds>(*error.retry_after(), longest_pause));
    parts_.pause(pause);
}

}  // namespace freshet::worker
