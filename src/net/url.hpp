// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freshet::http {

/// URL of a request, and the unix socket to send it through.
struct ParsedUrl {
    std::string url;
    std::string unix_socket{};  ///< empty: connect to the host over TCP
};

/// Parses an http, https or http+unix URL: "http+unix://user:word@%2Frun%2Fx.sock/a" requests "/a" through the socket
/// "/run/x.sock". Throws Error for any other scheme.
ParsedUrl parse_url(std::string_view url);

}  // namespace freshet::http
