// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "scheduler/executor.hpp"

#include <vector>

namespace freshet::scheduler {

class TestInstances;

/// A route for each method of the wire: calls become requests to the scheduler, or to the test instance of the call.
std::vector<Route> rpc_routes(Executor& executor, TestInstances* instances);

/// Whether we are there at all (HEAD /), and whether the scheduler's thread answers (/healthz): for everybody.
std::vector<Route> health_routes(Executor& executor);

/// Where Luigi's page was: bookmarks lead to the first page.
Route bookmark_route();

/// POST /debug/new makes a test instance.
Route debug_route(TestInstances& instances);

}  // namespace freshet::scheduler
