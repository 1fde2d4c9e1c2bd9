// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"

#include <filesystem>
#include <vector>

/// Luigi's own page, from the files of the luigi package (luigi/static/visualiser), unmodified.
namespace freshet::dashboard {

/// Returns a route below /static/visualiser/ for each file of the folder, for the role view. Throws ConfigError unless
/// it has the page.
std::vector<api::Route> visualiser_routes(const std::filesystem::path& folder);

}  // namespace freshet::dashboard
