// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "api/authorization.hpp"
#include "api/guesses.hpp"
#include "api/route.hpp"
#include "freshet/clock.hpp"
#include "freshet/http.hpp"
#include "scheduler/executor.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace freshet::scheduler {

class TestInstances;
struct ResponseFilter;

struct RouterOptions {
    AccessPolicy access{};
    Tokens tokens{};
    std::string path_prefix{};  ///< "/freshet": what a proxy leaves before our paths; they are found without, too
    std::vector<AuditBackend*> audit_backends{};  ///< outlive the Router and the answers to what it was asked
    TestInstances* instances = nullptr;           ///< outlives the Router; null: there are none
};

/// The scheduler over HTTP: the methods of Luigi's wire at /api/<method>, and what others add. It decides who may ask,
/// sees to it that every change is audited, and never blocks.
class Router {
public:
    Router(Executor& executor, const Clock& clock, RouterOptions options = {});

    /// Adds an address; to be called before the first request. Throws Error when it is taken.
    void add(Route route) { routes_.add(std::move(route)); }
    /// From now on these names, pages and tokens count. From any thread.
    void set_access(AccessPolicy access, Tokens tokens);

    /// From any thread.
    void handle(http::Request request, const http::Responder& respond);

private:
    std::shared_ptr<const Authorizer> authorizer() const;
    void find_route(ParsedRequest& parsed) const;
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

}  // namespace freshet::scheduler
