// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/credentials.hpp"

#include "freshet/text.hpp"

namespace freshet::scheduler {

namespace {

/// What follows the scheme and one space; nothing when the scheme is another.
std::optional<std::string_view> after_scheme(std::string_view value, std::string_view scheme) {
    if (value.size() <= scheme.size() + 1 || value[scheme.size()] != ' ') return std::nullopt;
    if (lower(value.substr(0, scheme.size())) != scheme) return std::nullopt;
    return value.substr(scheme.size() + 1);
}

std::optional<std::string> base64_decoded(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char digit : text) {
        const std::size_t value = digits.find(digit);
        if (value == digits.npos) return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xff);
    }
    return bytes;
}

}  // namespace

std::vector<std::string_view> header_values(const http::Headers& headers, std::string_view name) {
    std::vector<std::string_view> values;
    const std::string wanted = lower(name);
    for (const auto& [key, value] : headers)
        if (key.size() == wanted.size() && lower(key) == wanted) values.push_back(value);
    return values;
}

std::optional<std::string> token_from(const http::Headers& headers) {
    const auto values = header_values(headers, "Authorization");
    if (values.size() != 1) return std::nullopt;
    if (const auto token = after_scheme(values[0], "bearer")) return std::string(*token);
    const auto basic = after_scheme(values[0], "basic");
    const auto pair = basic ? base64_decoded(*basic) : std::nullopt;
    if (!pair || pair->find(':') == pair->npos) return std::nullopt;
    return pair->substr(pair->find(':') + 1);
}

}  // namespace freshet::scheduler
