// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "dashboard/pages.hpp"

#include <vector>

namespace freshet::scheduler::page {

/// "/", "/task/<id>" and "/metrics", for those who may view. `pages` outlives them.
std::vector<Route> page_routes(Pages& pages);

}  // namespace freshet::scheduler::page
