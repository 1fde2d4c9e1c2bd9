// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/cors.hpp"
#include "api/request_target.hpp"
#include "api/route.hpp"
#include "api/tokens.hpp"
#include "freshet/http.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::scheduler {

/// By whom, under which names and from which pages the scheduler may be asked.
struct AccessPolicy {
    std::vector<std::string> hosts{};  ///< names besides those of loopback; "*": any, where tokens keep others out
    bool allow_ip_addresses = false;   ///< addresses in numbers, too: no name leads to another one tomorrow
    Cors cors{};
    bool allow_changes_by_get = false;  ///< for Luigi's clients before 2.8.8, which send nothing else
};

/// A request and where it leads.
struct ParsedRequest {
    const http::Request& request;
    RequestTarget target;
    RouteTable::Match match{};
    std::optional<std::int64_t> instance{};  ///< as in RequestContext
};

/// Why a request is not admitted.
struct Rejection {
    int status;
    std::string reason;
    http::Headers headers{};
    bool is_wrong_token = false;        ///< it came with a token that is none of ours
    std::string principal = "anybody";  ///< whose token it came with
};

/// Decides about every request, in one place. Without tokens everybody who gets past the names has all roles.
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

}  // namespace freshet::scheduler
