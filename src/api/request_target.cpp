// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/request_target.hpp"

#include "freshet/text.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

constexpr std::string_view scheme = "http://";

std::optional<std::string> take_authority(std::string_view& text) {
    if (lower(text.substr(0, scheme.size())) != scheme) return std::nullopt;
    text.remove_prefix(scheme.size());
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    std::string authority(text.substr(0, end));
    text.remove_prefix(end);
    return authority;
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view text) {
    RequestTarget target{.authority = take_authority(text), .path = {}};
    if (target.authority && text.empty()) text = "/";
    if (!text.starts_with('/')) return std::nullopt;
    const std::size_t question = std::min(text.find('?'), text.size());
    target.path = text.substr(0, question);
    target.query = text.substr(std::min(question + 1, text.size()));
    return target;
}

}  // namespace freshet::scheduler
