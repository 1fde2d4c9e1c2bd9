// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/executor.hpp"

#include <string_view>
#include <vector>

// Routes of the scheduler's RPC and of its health checks. The executor and the test instances must outlive the routes.
// Handlers block for one commit at most; the response follows when the executor replies, after the commit.
namespace freshet::api {

/// Roles, effect and audit of an RPC method.
struct MethodPermissions {
    std::string_view method;
    Roles roles;
    Effect effect;
    Audited audited = Audited::yes;
};

/// Returns the permissions of a method; one that is not listed requires the role operate and counts as a change.
MethodPermissions permissions_of(std::string_view method);

/// Returns true if the method is listed.
bool has_permissions(std::string_view method);

/// Parses the arguments of a call: a body of type application/json, else the form field "data", a JSON object. The last
/// field wins, the body's over the query's; without one the arguments are empty. Throws Error for invalid JSON.
Json rpc_arguments(const http::Request& request, const FormFields& query);

/// Makes a call in the name of its caller, whom the history records. Throws Error for arguments that are wrong.
rpc::Request make_call(std::string_view method, const Json& arguments, const Principal& principal);

class TestInstances;

/// Returns a route per RPC method, by GET and POST. Calls go to the scheduler, or to the test instance in the path,
/// which executes them before the handler returns. `instances` may be null where no path can name an instance. A
/// get_work without an assignment is not audited, since workers repeat it all the time.
std::vector<Route> rpc_routes(scheduler::Executor& executor, TestInstances* instances);

/// Returns the public health checks: HEAD / answers 204 while the process serves requests; /healthz answers 200 after a
/// turn of the scheduler loop, and not at all while that is stuck, so that the client's timeout is the finding.
std::vector<Route> health_routes(scheduler::Executor& executor);

/// Returns the redirect from Luigi's page to the dashboard.
Route bookmark_route();

/// Returns POST /debug/new, which creates a test instance and responds with its id. The body is the description, of any
/// Content-Type, or the argument "data".
Route debug_route(TestInstances& instances);

}  // namespace freshet::api
