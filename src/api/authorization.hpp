// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/cors.hpp"
#include "api/route.hpp"
#include "api/tokens.hpp"
#include "freshet/http.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::api {

/// Hosts, origins and methods that are accepted.
struct AccessPolicy {
    std::vector<std::string> hosts{};  ///< besides loopback; "*": any host, for use with tokens
    bool allow_ip_addresses = false;   ///< numeric addresses are not subject to DNS rebinding
    Cors cors{};
    Roles roles_without_tokens = Roles::all();  ///< of every client, when there are no tokens
    bool allow_changes_by_get = false;          ///< for Luigi's clients before 2.8.8, which only send GET
    bool has_visualiser = false;                ///< for Luigi's page, which only sends GET
};

/// Request with its parsed target and matching route.
struct ParsedRequest {
    const http::Request& request;
    RequestTarget target;
    RouteTable::Match match{};
    std::optional<std::int64_t> instance{};  ///< as in RequestContext
};

/// Reason and response of a rejected request.
struct Rejection {
    int status;
    std::string reason;
    http::Headers headers{};
    bool is_wrong_token = false;        ///< the request carried an unknown token
    std::string principal = "anybody";  ///< name of its token
};

/// Authorizes requests: host, token, route, role, origin and method, in that order. Immutable, so thread-safe.
class Authorizer {
public:
    Authorizer(AccessPolicy access, Tokens tokens) : access_(std::move(access)), tokens_(std::move(tokens)) {}

    std::variant<Principal, Rejection> authorize(const ParsedRequest& parsed) const;

    const Cors& cors() const { return access_.cors; }

private:
    std::optional<Rejection> check_host(const ParsedRequest& parsed) const;
    std::optional<Principal> authenticate(const http::Request& request) const;
    std::optional<Rejection> check_route(const ParsedRequest& parsed, const Principal& principal) const;
    std::optional<Rejection> check_change(const ParsedRequest& parsed) const;
    bool is_same_site(const ParsedRequest& parsed) const;

    AccessPolicy access_;
    Tokens tokens_;
};

/// Rate limit of failed authentications per peer: a burst of ten, then ten a minute. Valid tokens are not counted, so
/// clients behind a shared address do not affect each other. Thread-safe.
class AuthThrottle {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// Records a wrong token and returns the time to wait if the peer has exceeded its limit.
    std::optional<std::chrono::seconds> record_failure(const std::string& peer, Instant now);

private:
    void evict(Instant now);

    std::mutex mutex_;
    std::map<std::string, Instant> expires_at_;  // guarded by mutex_: end of a peer's debt
};

}  // namespace freshet::api
