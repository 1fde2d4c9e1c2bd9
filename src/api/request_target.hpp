// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace freshet::scheduler {

/// What stands in a request's first line, taken apart.
struct RequestTarget {
    std::optional<std::string> authority{};  ///< of an absolute URL: whom the client means, instead of Host
    std::string path;                        ///< as it was sent: nothing is decoded, so nothing is taken for another
    std::string query{};

    friend bool operator==(const RequestTarget&, const RequestTarget&) = default;
};

/// Nothing for what is neither a path nor an http URL.
std::optional<RequestTarget> parse_request_target(std::string_view text);

}  // namespace freshet::scheduler
