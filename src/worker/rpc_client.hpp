// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "worker/scheduler_client.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace freshet::worker {

/// An unusable scheduler: away for too long, or refusing a call for good.
class UnavailableError : public Error {
public:
    using Error::Error;
};

/// A call at which a reachable scheduler failed (status 500): few retries may help, many will not.
class FailedCallError : public TransientError {
public:
    using TransientError::TransientError;
};

/// The URL of a scheduler, with credentials.
struct SchedulerAddress {
    std::string url;            ///< http://host:8082, with a proxy's path if any
    std::string token{};        ///< sent as Authorization: Bearer; empty: none, or the URL carries it as user:token@
    bool accepts_json = false;  ///< a freshetd does; a luigid reads only forms
    std::string name{};         ///< for messages; empty: the URL without token
};

/// Sends single calls to a scheduler over HTTP, as Luigi's workers do. Thread-safe, apart from use_json().
class RpcClient {
public:
    RpcClient(SchedulerAddress address, http::Client& client);

    /// Throws TransientError where a later call may succeed, UnavailableError where none will. A long poll may be
    /// silent for as long as it requests.
    rpc::Response call(const rpc::Request& request, const std::stop_token& stop = {}) const;

    /// Returns the server's description of itself; null for a luigid. Throws as call().
    Json server_info(const std::stop_token& stop = {}) const;

    /// Posts a text to a path of the server, with its query; the answer may have any status. Throws TransientError
    /// without one.
    http::Response send_text(const std::string& path, std::string text) const;

    /// Gets a path of the server, with its query; the answer may have any status. Throws TransientError without one.
    http::Response get(const std::string& path) const;

    /// Sends JSON from now on, for a freshetd. Call before other threads use the client.
    void use_json() { address_.accepts_json = true; }

    const SchedulerAddress& address() const { return address_; }

    /// For messages.
    std::string name() const { return address_.name.empty() ? http::redacted_url(address_.url) : address_.name; }

private:
    http::Response send(const std::string& method, const Json& arguments, std::chrono::milliseconds stall_timeout,
                        const std::stop_token& stop) const;
    http::Response send(http::Request request) const;
    [[noreturn]] void throw_error(const std::string& method, const http::Response& response) const;

    SchedulerAddress address_;
    http::Client& client_;
};

/// The longest absence of a scheduler before a worker gives up.
struct RetryBudget {
    std::chrono::milliseconds initial{60'000};       ///< before the first answer: the address may be wrong
    std::chrono::milliseconds reconnect{3'600'000};  ///< long enough to reboot a machine or repair a disk
    std::chrono::milliseconds after_stop{10'000};    ///< SIGKILL may soon follow SIGTERM
};

/// The environment of a RetryingClient. All of it outlives the client.
struct RetryingClientParts {
    const RpcClient& rpc;
    const Clock& clock;
    std::function<int()> stop_requests;  ///< number of stop requests so far
    std::function<double()> jitter;      ///< from 0 to 1, so that clients that lost a server do not return in step
    std::function<void(std::chrono::milliseconds)> pause;  ///< waits this long, or until interrupted
    std::function<void(std::string_view)> notify;          ///< for the run's observer
    /// Called when a call, made that long ago, was answered by nobody; returns true where the next try is to follow at
    /// once. What it throws ends the call.
    std::function<bool(std::chrono::milliseconds)> on_unreachable = [](auto) { return false; };
};

/// Client of a remote scheduler. Repeats a call until it is answered; throws UnavailableError when the retry budget is
/// used up. A request repeated because its answer was lost does no harm: leases and `current_tasks` see to that. A
/// large registration is split into several calls, each repeated by itself.
class RetryingClient final : public SchedulerClient {
public:
    RetryingClient(RetryingClientParts parts, RetryBudget budget) : parts_(std::move(parts)), budget_(budget) {}

    /// Returns the server's description of itself; null for a luigid.
    Json server_info();
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override;

    /// Aborts a call in progress from the second stop request on. Thread-safe.
    void on_stop_request();

private:
    rpc::Response call_one(const rpc::Request& request);
    rpc::TasksAdded register_in_chunks(std::span<const rpc::AddTask> tasks);
    template <class Call>
    std::invoke_result_t<Call, std::stop_token> call_with_retries(Call call);
    std::chrono::milliseconds retry_budget() const;
    void back_off(int tries, const TransientError& error);

    RetryingClientParts parts_;
    RetryBudget budget_;
    bool was_reached_ = false;
    std::mutex mutex_;
    std::stop_source current_call_;  // guarded by mutex_
};

}  // namespace freshet::worker
