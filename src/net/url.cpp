// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/url.hpp"

#include "base/url_encoding.hpp"
#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <algorithm>

namespace freshet::http {

ParsedUrl parse_url(std::string_view url) {
    constexpr std::string_view unix_scheme = "http+unix://";
    if (url.starts_with("http://") || url.starts_with("https://")) return {.url = std::string{url}};
    if (!url.starts_with(unix_scheme)) throw Error("not an http://, https:// or http+unix:// address");
    const auto rest = url.substr(unix_scheme.size());
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto credentials = authority.substr(0, authority.rfind('@') + 1);  // npos + 1 == 0: none
    const auto socket = percent_decoded(authority.substr(credentials.size()));
    if (!socket.starts_with('/')) throw Error("the path of a unix socket starts with '%2F'");
    return {.url = "http://" + std::string{credentials} + "localhost" + std::string{rest.substr(authority.size())},
            .unix_socket = socket};
}

std::string redacted_url(std::string_view url) {
    const auto host = url.find("://");
    const auto path = host == url.npos ? url.npos : url.find_first_of("/?#", host + 3);
    std::string text{url.substr(0, url.find_first_of("?#"))};
    if (host == url.npos) return text;
    const auto credentials = url.substr(0, path).rfind('@');
    if (credentials != url.npos) text.erase(host + 3, credentials + 1 - (host + 3));
    return text;
}

}  // namespace freshet::http
