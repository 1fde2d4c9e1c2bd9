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

/// The scheduler cannot be used: it was away for too long, or it will never do what it is asked for.
class UnavailableError : public Error {
public:
    using Error::Error;
};

/// The scheduler was reached and failed at this very call: once more may help, many times will not.
class FailedCallError : public TransientError {
public:
    using TransientError::TransientError;
};

/// Where a scheduler is, and how one proves who one is.
struct SchedulerAddress {
    std::string url;            ///< http://host:8082, with a path where a proxy wants one
    std::string token{};        ///< sent as Authorization: Bearer; empty: none, or the URL carries it as user:token@
    bool accepts_json = false;  ///< as a freshetd does, with less work; a luigid reads forms alone
};

/// Puts single calls to a scheduler over HTTP, as Luigi's workers do. Safe to use from many threads at once.
class RpcClient {
public:
    RpcClient(SchedulerAddress address, http::Client& client);

    /// Throws TransientError where a later call may succeed, UnavailableError where none will. A call that holds a
    /// question may be silent for as long as it asks to.
    rpc::Response call(const rpc::Request& request, const std::stop_token& stop = {}) const;

    /// What the scheduler says it is; null for a luigid. Throws as call().
    Json server_info(const std::stop_token& stop = {}) const;

    /// The scheduler turned out to be a freshetd. To be said before other threads use the client.
    void use_json() { address_.accepts_json = true; }

    const SchedulerAddress& address() const { return address_; }

    /// For messages: without token.
    std::string name() const { return http::redacted_url(address_.url); }

private:
    http::Response send(const std::string& method, const Json& arguments, std::chrono::milliseconds stall_timeout,
                        const std::stop_token& stop) const;
    [[noreturn]] void throw_error(const std::string& method, const http::Response& response) const;

    SchedulerAddress address_;
    http::Client& client_;
};

/// How long a scheduler may be away before a worker gives up; what it has finished is kept until then.
struct RetryBudget {
    std::chrono::milliseconds initial{60'000};       ///< until it was reached once: an address may be wrong
    std::chrono::milliseconds reconnect{3'600'000};  ///< a machine is rebooted, a disk is mended
    std::chrono::milliseconds after_stop{10'000};    ///< whoever sent SIGTERM sends SIGKILL soon
};

/// What the client of a remote scheduler works with. All of it outlives the client.
struct RetryingClientParts {
    const RpcClient& rpc;
    const Clock& clock;
    std::function<int()> stop_requests;  ///< how often somebody asked to stop
    std::function<double()> jitter;      ///< from 0 to 1: clients that lost a server do not return at once
    std::function<void(std::chrono::milliseconds)> pause;  ///< waits so long, or until woken
    std::function<void(std::string_view)> notify;          ///< sentences for whoever watches the run
};

/// The scheduler at a distance. A call is repeated until it is answered or the retry budget ends with an
/// UnavailableError. What is asked twice because an answer was lost does no harm: leases and `current_tasks` see to
/// that. A large registration becomes several calls, each of them repeated by itself.
class RetryingClient final : public SchedulerClient {
public:
    RetryingClient(RetryingClientParts parts, RetryBudget budget) : parts_(std::move(parts)), budget_(budget) {}

    /// What the scheduler says it is; null for a luigid.
    Json server_info();
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override;

    /// Somebody asked to stop: from the second time on, a call under way is given up. From any thread.
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
