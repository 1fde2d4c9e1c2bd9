// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// The section [cors]: Luigi's keys and defaults.
struct Cors {
    bool enabled = false;
    std::vector<std::string> allowed_origins{};
    bool allow_any_origin = false;  ///< to read; only those named above may change anything
    bool allow_null_origin = false;
    std::int64_t max_age = 86400;  ///< seconds
    std::string allowed_methods = "GET, OPTIONS";
    std::string allowed_headers = "Accept, Content-Type, Origin";
    std::string exposed_headers{};
    bool allow_credentials = false;
};

/// What lets a page of that origin read an answer; nothing where it may not.
http::Headers cors_headers(const Cors& cors, const http::Request& request);

/// What besides those is said to a browser that asks whether it may ask.
http::Headers preflight_headers(const Cors& cors, const http::Request& request);

/// Whether pages of that origin may change something.
bool may_origin_change(const Cors& cors, std::string_view origin);

}  // namespace freshet::scheduler
