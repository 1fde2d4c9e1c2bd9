// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freshet::http {

/// Where a request goes: a URL, asked of a host or through a unix socket.
struct ParsedUrl {
    std::string url;
    std::string unix_socket{};  ///< empty: of the host
};

/// What a client makes of a URL. "http+unix://user:word@%2Frun%2Fx.sock/a" is asked for "/a" through "/run/x.sock".
/// Throws Error for a scheme that is not spoken.
ParsedUrl parse_url(std::string_view url);

}  // namespace freshet::http
