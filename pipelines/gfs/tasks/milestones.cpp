// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/milestones.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](const char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

Milestone parse_milestone(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || !is_name(text.substr(0, colon)))
        throw freshet::ParameterError(
            fmt::format("'{}' is not a part like surface:0-48, whose name has small letters and digits", text));
    return {.name = std::string(text.substr(0, colon)), .leads = Leads::parse(text.substr(colon + 1))};
}

}  // namespace

Milestones Milestones::parse(std::string_view text) {
    Milestones parts;
    while (!text.empty()) {
        const auto end = std::min(text.find('/'), text.size());
        Milestone part = parse_milestone(text.substr(0, end));
        if (std::ranges::find(parts.items, part.name, &Milestone::name) != parts.items.end())
            throw freshet::ParameterError(fmt::format("two parts are called '{}'", part.name));
        parts.items.push_back(std::move(part));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string Milestones::text() const {
    std::string text;
    for (const Milestone& part : items)
        text += fmt::format("{}{}:{}", text.empty() ? "" : "/", part.name, part.leads.text());
    return text;
}

}  // namespace gfs
