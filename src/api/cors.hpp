// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::api {

/// Configuration section [cors], with Luigi's keys and defaults.
struct Cors {
    bool enabled = false;
    std::vector<std::string> allowed_origins{};
    bool allow_any_origin = false;  ///< read access only; changes require an entry in allowed_origins
    bool allow_null_origin = false;
    std::int64_t max_age = 86400;  ///< seconds
    std::string allowed_methods = "GET, OPTIONS";
    std::string allowed_headers = "Accept, Content-Type, Origin";
    std::string exposed_headers{};
    bool allow_credentials = false;
};

/// Returns the headers that let the request's origin read the response; empty if it may not.
http::Headers cors_headers(const Cors& cors, const http::Request& request);

/// Returns the additional headers of the response to a preflight request.
http::Headers preflight_headers(const Cors& cors, const http::Request& request);

/// Returns true if pages of the origin may make changes.
bool may_origin_change(const Cors& cors, std::string_view origin);

}  // namespace freshet::api
