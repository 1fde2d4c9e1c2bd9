// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <chrono>
#include <stop_token>
#include <string>

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

}  // namespace freshet::worker
