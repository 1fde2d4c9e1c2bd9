// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "freshet/text.hpp"

#include <algorithm>
#include <charconv>

namespace freshet::http {

std::optional<std::string> find_header(const Headers& headers, std::string_view name) {
    const auto found =
        std::ranges::find_if(headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
    if (found == headers.end()) return std::nullopt;
    return found->second;
}

std::optional<std::chrono::seconds> retry_after(const Response& response) {
    const auto text = response.header("Retry-After");
    if (!text) return std::nullopt;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error == std::errc{} && end == text->data() + text->size() && seconds >= 0)
        return std::chrono::seconds{seconds};

    // A date is relative to the response's Date header, so clock skew does not matter.
    const auto until = parse_http_date(*text);
    const auto sent = parse_http_date(response.header("Date").value_or(""));
    if (!until || !sent) return std::nullopt;
    return std::max(std::chrono::seconds{0}, std::chrono::floor<std::chrono::seconds>(*until - *sent));
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
