// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/rpc_client.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "rpc/codec.hpp"
#include "worker/registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace freshet::worker {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds connect_timeout{5'000};
constexpr milliseconds default_stall_timeout{15'000};  // a luigid with 100,000 tasks takes half a second

/// Returns the longest silence before the answer.
milliseconds stall_timeout_of(const rpc::Request& request) {
    const auto* get_work = std::get_if<rpc::GetWork>(&request);
    if (!get_work) return default_stall_timeout;
    return default_stall_timeout +
           std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(get_work->wait));
}

/// Returns the start of a server's error text as the end of a sentence; nothing of an HTML page.
std::string error_excerpt(const std::string& body) {
    constexpr std::size_t max_length = 200;
    if (body.empty() || body.find('<') != body.npos) return {};
    return ": " + body.substr(0, std::min(body.find('\n'), max_length));
}

std::string_view describe_status(int status) {
    switch (status) {
        case 401:
            return "a valid token is required";
        case 403:
            return "the token does not permit this call";
        case 404:
            return "no such method, or no scheduler at this address";
        case 421:
            return "the scheduler does not accept this host name";
        default:
            return "the call was refused";
    }
}

}  // namespace

RpcClient::RpcClient(SchedulerAddress address, http::Client& client) : address_(std::move(address)), client_(client) {
    while (address_.url.ends_with('/')) address_.url.pop_back();
}

rpc::Response RpcClient::call(const rpc::Request& request, const std::stop_token& stop) const {
    const rpc::Call call = rpc::encode(request);
    const http::Response response = send(call.method, call.arguments, stall_timeout_of(request), stop);
    if (response.status != 200) throw_error(call.method, response);
    try {
        return rpc::decode_response(request, Json::parse(response.body).at("response"));
    } catch (const Error& error) {
        throw UnavailableError(fmt::format("scheduler '{}': {}", name(), error.what()));
    }
}

Json RpcClient::server_info(const std::stop_token& stop) const {
    const auto call = rpc::encode(rpc::Request(rpc::Hello{}));
    const http::Response response = send(call.method, call.arguments, default_stall_timeout, stop);
    if (response.status == 404) {
        // Only a scheduler answers this; another server must not be taken for a luigid.
        if (send("is_paused", Json::object(), default_stall_timeout, stop).status == 200) return {};
        throw UnavailableError(fmt::format("scheduler '{}': the server is not a scheduler", name()));
    }
    if (response.status != 200) throw_error(call.method, response);
    try {
        return Json::parse(response.body).at("response");
    } catch (const Error& error) {
        throw UnavailableError(fmt::format("scheduler '{}': the server is not a scheduler: {}", name(), error.what()));
    }
}

http::Response RpcClient::send(const std::string& method, const Json& arguments, milliseconds stall_timeout,
                               const std::stop_token& stop) const {
    return send({.method = "POST",
                 .url = fmt::format("/api/{}", method),
                 .headers = {{"Content-Type",
                              address_.accepts_json ? "application/json" : "application/x-www-form-urlencoded"}},
                 .body = address_.accepts_json ? arguments.text() : form_encoded({{"data", arguments.text()}}),
                 .stall_timeout = stall_timeout,
                 .stop = stop});
}

http::Response RpcClient::send_text(const std::string& path, std::string text) const {
    return send({.method = "POST",
                 .url = path,
                 .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                 .body = std::move(text),
                 .stall_timeout = default_stall_timeout});
}

http::Response RpcClient::get(const std::string& path) const { return send({.url = path}); }

/// Sends the request for a path to the server.
http::Response RpcClient::send(http::Request request) const {
    request.url.insert(0, address_.url);
    request.connect_timeout = connect_timeout;
    if (!address_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + address_.token);
    return client_.send(request);
}

void RpcClient::throw_error(const std::string& method, const http::Response& response) const {
    const std::string what = fmt::format("scheduler '{}': {} returned status {}", name(), method, response.status);
    const std::string excerpt = error_excerpt(response.body);
    if (response.status == 500) throw FailedCallError(what + excerpt);
    if (response.status == 408 || response.status == 429 || response.status > 500)
        throw TransientError(what + excerpt, FailureClass::throttled, http::retry_after(response));
    throw UnavailableError(excerpt.empty() ? fmt::format("{}: {}", what, describe_status(response.status))
                                           : what + excerpt);
}

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{10'000};  // long enough not to overrun a scheduler that returns
constexpr int max_failures = 3;                // for one call, while the scheduler answers others

/// Returns true for the error of a call that no server has answered.
bool is_unreachable(const TransientError& error) {
    return error.failure_class() == FailureClass::transient && !dynamic_cast<const FailedCallError*>(&error);
}

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
    for (int pauses = 0, failures = 0;;) {
        std::stop_token stop;
        {
            const std::lock_guard lock(mutex_);
            current_call_ = {};
            stop = current_call_.get_token();
        }
        try {
            auto response = call(stop);
            was_reached_ = true;
            if (pauses > 0)
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
            if (is_unreachable(error) && parts_.on_unreachable(since(began, parts_.clock))) continue;
            if (pauses == 0)
                parts_.notify(
                    fmt::format("{}: retrying for up to {}", error.what(), readable_duration(retry_budget())));
            back_off(++pauses, error);
        }
    }
}

milliseconds RetryingClient::retry_budget() const {
    const int stop_requests = parts_.stop_requests();
    if (stop_requests > 1) return milliseconds(0);
    if (stop_requests == 1 && !was_reached_) return milliseconds(0);  // there is nothing to report to it
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
