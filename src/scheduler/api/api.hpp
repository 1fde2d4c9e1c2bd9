// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/http.hpp"
#include "scheduler/api/audit.hpp"
#include "scheduler/api/gate.hpp"
#include "scheduler/api/guesses.hpp"
#include "scheduler/api/route.hpp"
#include "scheduler/executor.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace freshet::scheduler {

class TestInstances;
struct Ending;

struct ApiOptions {
    Access access{};
    Tokens tokens{};
    std::string path_prefix{};     ///< "/freshet": what a proxy leaves before our paths; they are found without, too
    std::vector<Audit*> audits{};  ///< outlive the Api and the answers to what it was asked
    TestInstances* instances = nullptr;  ///< outlives the Api; null: there are none
};

/// The scheduler over HTTP: the methods of Luigi's wire at /api/<method>, and what others add. It decides who may ask,
/// sees to it that every change is audited, and never blocks.
class Api {
public:
    Api(Executor& executor, const Clock& clock, ApiOptions options = {});

    /// Adds an address; to be called before the first request. Throws Error when it is taken.
    void add(Route route) { routes_.add(std::move(route)); }
    /// From now on these names, pages and tokens count. From any thread.
    void admit(Access access, Tokens tokens);

    /// From any thread.
    void handle(http::Request request, const http::Answer& answer);

private:
    std::shared_ptr<const Gate> gate() const;
    void find(Asked& asked) const;
    Turned slowed(Turned turned, const std::string& peer);
    void turn_away(const Asked& asked, const Turned& turned, Ending ending, const http::Answer& answer);
    void let_in(Asked& asked, http::Request request, Actor actor, Ending ending, const http::Answer& answer);

    const Clock& clock_;
    const ApiOptions options_;
    const std::string prefix_;
    RouteTable routes_;
    Trickle refusals_;
    Guesses guesses_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Gate> gate_;  // guarded by mutex_
};

}  // namespace freshet::scheduler
