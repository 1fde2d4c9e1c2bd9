// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "scheduler/api/cors.hpp"
#include "scheduler/api/request_target.hpp"
#include "scheduler/api/route.hpp"
#include "scheduler/api/tokens.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::scheduler {

/// By whom, under which names and from which pages the scheduler may be asked.
struct Access {
    std::vector<std::string> hosts{};  ///< names besides those of loopback; "*": any, where tokens keep others out
    bool any_address = false;          ///< addresses in numbers, too: no name leads to another one tomorrow
    Cors cors{};
    bool changes_by_get = false;  ///< for Luigi's clients before 2.8.8, which send nothing else
};

/// A request and where it leads.
struct Asked {
    const http::Request& request;
    RequestTarget target;
    RouteTable::Found found{};
    std::optional<std::int64_t> instance{};  ///< as in Visit
};

/// Why a request is not admitted.
struct Turned {
    int status;
    std::string reason;
    http::Headers headers{};
    bool is_guess = false;          ///< it came with a token that is none of ours
    std::string actor = "anybody";  ///< whose token it came with
};

/// Decides about every request, in one place. Without tokens everybody who gets past the names has all roles.
class Gate {
public:
    Gate(Access access, Tokens tokens) : access_(std::move(access)), tokens_(std::move(tokens)) {}

    std::variant<Actor, Turned> admit(const Asked& asked) const;

    const Cors& cors() const { return access_.cors; }

private:
    std::optional<Turned> wrong_host(const Asked& asked) const;
    std::optional<Actor> identify(const http::Request& request) const;
    std::optional<Turned> wrong_route(const Asked& asked, const Actor& actor) const;
    std::optional<Turned> wrong_change(const Asked& asked) const;
    bool is_from_here(const Asked& asked) const;

    Access access_;
    Tokens tokens_;
};

}  // namespace freshet::scheduler
