// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freshet::http {

/// Where a request goes: a URL, asked of a host or through a unix socket.
struct Address {
    std::string url;
    std::string unix_socket{};  ///< empty: of the host
};

/// What a client makes of a URL. "http+unix://user:word@%2Frun%2Fx.sock/a" is asked for "/a" through "/run/x.sock".
/// Throws Error for a scheme that is not spoken.
Address address_of(std::string_view url);

}  // namespace freshet::http
