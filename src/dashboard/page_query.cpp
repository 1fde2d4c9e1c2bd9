// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_query.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_value_in_refusal = 100;

}  // namespace

const std::string* PageQuery::find(std::string_view name) {
    read_.emplace(name);
    for (auto field = fields_.rbegin(); field != fields_.rend(); ++field)
        if (field->first == name) return &field->second;
    return nullptr;
}

void PageQuery::refuse(std::string_view name, std::string_view value, std::string_view expected) {
    if (!invalid_) invalid_ = fmt::format("{}: '{}' is not {}", name, shortened(value, max_value_in_refusal), expected);
}

std::string PageQuery::text(std::string_view name) {
    const std::string* const value = find(name);
    return value ? *value : "";
}

std::optional<std::int64_t> PageQuery::integer(std::string_view name, std::int64_t least, std::int64_t greatest) {
    const std::string* const value = find(name);
    if (!value || value->empty()) return std::nullopt;
    std::int64_t number = 0;
    const char* const last = value->data() + value->size();
    const auto [end, error] = std::from_chars(value->data(), last, number);
    if (error == std::errc() && end == last && number >= least && number <= greatest) return number;
    refuse(name, *value, fmt::format("a whole number from {} to {}", least, greatest));
    return std::nullopt;
}

std::optional<Time> PageQuery::time(std::string_view name) {
    const std::string* const value = find(name);
    if (!value || value->empty()) return std::nullopt;
    try {
        return time_from_rfc3339(*value);
    } catch (const Error&) {
        refuse(name, *value, "a time like 2026-08-21T06:00:00Z");
        return std::nullopt;
    }
}

std::optional<rpc::Status> PageQuery::status(std::string_view name) {
    const std::string* const value = find(name);
    if (!value || value->empty()) return std::nullopt;
    const auto status = rpc::status_from(*value);
    if (!status) refuse(name, *value, "a state like FAILED");
    return status;
}

std::string PageQuery::one_of(std::string_view name, std::initializer_list<std::string_view> choices) {
    const std::string* const value = find(name);
    if (!value || value->empty() || std::ranges::count(choices, *value) > 0) return value ? *value : "";
    refuse(name, *value, joined(std::vector<std::string>(choices.begin(), choices.end()), " or "));
    return "";
}

void PageQuery::refuse_missing(std::string_view name) {
    if (!invalid_) invalid_ = fmt::format("{}: required", name);
}

std::optional<std::string> PageQuery::refusal() const {
    if (invalid_) return invalid_;
    for (const auto& [name, value] : fields_)
        if (!read_.contains(name))
            return fmt::format("{}: there is no such parameter", shortened(name, max_value_in_refusal));
    return std::nullopt;
}

}  // namespace freshet::dashboard
