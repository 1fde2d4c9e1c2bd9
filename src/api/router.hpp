// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "api/authorization.hpp"
#include "api/responses.hpp"
#include "api/route.hpp"
#include "freshet/clock.hpp"
#include "freshet/http.hpp"
#include "scheduler/executor.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace freshet::api {

class TestInstances;

struct RouterOptions {
    AccessPolicy access{};
    Tokens tokens{};
    std::string path_prefix{};                    ///< "/freshet": added by a reverse proxy; unprefixed paths also work
    std::vector<AuditBackend*> audit_backends{};  ///< outlive the Router and its pending responses
    TestInstances* instances = nullptr;           ///< outlives the Router; null: disabled
    ErrorPage error_page{};                       ///< of forms that are refused; none: they are answered with JSON
};

/// HTTP interface of the scheduler: Luigi's RPC methods at /api/<method>, and added routes. Authorizes every request,
/// audits every change and never blocks.
class Router {
public:
    Router(scheduler::Executor& executor, const Clock& clock, RouterOptions options = {});

    /// Adds a route; call before the first request. Throws Error if its path is taken.
    void add(Route route) { routes_.add(std::move(route)); }
    /// Replaces policy and tokens for subsequent requests. Thread-safe.
    void set_access(AccessPolicy access, Tokens tokens);

    /// Authorizes a request by its header, before its body is read. Thread-safe.
    http::HeaderCheck check_header(const http::Request& header);
    /// Routes, authorizes and dispatches a request. Thread-safe.
    void handle(http::Request request, const http::Responder& respond);

private:
    std::shared_ptr<const Authorizer> authorizer() const;
    ResponseFilter filter_of(const http::Request& request, const Authorizer& authorizer) const;
    void find_route(ParsedRequest& parsed) const;
    Route index_route() const;
    Rejection throttled(Rejection rejection, const std::string& peer);
    void reject(const ParsedRequest& parsed, const Rejection& rejection, ResponseFilter filter,
                const http::Responder& respond);
    void dispatch(ParsedRequest& parsed, http::Request request, Principal principal, ResponseFilter filter,
                  const http::Responder& respond);

    const Clock& clock_;
    const RouterOptions options_;
    const std::string prefix_;
    RouteTable routes_;
    AuditThrottle rejection_throttle_;
    AuthThrottle auth_throttle_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Authorizer> authorizer_;  // guarded by mutex_
};

}  // namespace freshet::api
