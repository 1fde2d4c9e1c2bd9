// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/cors.hpp"

#include <algorithm>

namespace freshet::api {

namespace {

/// Returns the value of Access-Control-Allow-Origin; empty if the origin is not allowed.
std::string allow_origin(const Cors& cors, const std::string& origin) {
    if (!cors.enabled) return {};
    if (origin == "null") return cors.allow_null_origin ? origin : "";
    if (cors.allow_any_origin) return "*";
    return std::ranges::count(cors.allowed_origins, origin) ? origin : "";
}

}  // namespace

http::Headers cors_headers(const Cors& cors, const http::Request& request) {
    const auto origin = http::find_header(request.headers, "Origin");
    const std::string value = origin ? allow_origin(cors, *origin) : "";
    if (value.empty()) return {};
    http::Headers headers{{"Access-Control-Allow-Origin", value}};
    if (value != "*") headers.emplace_back("Vary", "Origin");
    return headers;
}

http::Headers preflight_headers(const Cors& cors, const http::Request& request) {
    if (cors_headers(cors, request).empty()) return {};
    http::Headers headers;
    headers.emplace_back("Access-Control-Max-Age", std::to_string(cors.max_age));
    headers.emplace_back("Access-Control-Allow-Methods", cors.allowed_methods);
    headers.emplace_back("Access-Control-Allow-Headers", cors.allowed_headers);
    if (cors.allow_credentials) headers.emplace_back("Access-Control-Allow-Credentials", "true");
    if (!cors.exposed_headers.empty()) headers.emplace_back("Access-Control-Expose-Headers", cors.exposed_headers);
    return headers;
}

bool may_origin_change(const Cors& cors, std::string_view origin) {
    if (!cors.enabled) return false;
    if (origin == "null") return cors.allow_null_origin;
    return std::ranges::count(cors.allowed_origins, origin) > 0;
}

}  // namespace freshet::api
