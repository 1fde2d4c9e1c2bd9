// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "scheduler/executor.hpp"

#include <string_view>
#include <vector>

namespace freshet::api {

/// Roles, effect and audit of an RPC method.
struct MethodPermissions {
    std::string_view method;
    Roles roles;
    Effect effect;
    Audited audited = Audited::yes;
};

/// Returns the permissions of a method; one that is not listed requires the role operate.
MethodPermissions permissions_of(std::string_view method);

/// Returns true if the method is listed.
bool has_permissions(std::string_view method);

/// Parses the arguments of a call: a body of type application/json, else the form field "data", a JSON object. The last
/// field wins, the body's over the query's; without one the arguments are empty. Throws Error for invalid JSON.
Json rpc_arguments(const http::Request& request, const FormFields& query);

class TestInstances;

/// Returns a route per RPC method. Calls go to the scheduler, or to the test instance in the path. `instances` may be
/// null.
std::vector<Route> rpc_routes(scheduler::Executor& executor, TestInstances* instances);

/// Returns the public health checks: HEAD / (the process) and /healthz (the scheduler's thread).
std::vector<Route> health_routes(scheduler::Executor& executor);

/// Returns the redirect from Luigi's page to the dashboard.
Route bookmark_route();

/// Returns POST /debug/new, which creates a test instance.
Route debug_route(TestInstances& instances);

}  // namespace freshet::api
