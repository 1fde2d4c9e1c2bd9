// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/json_fields.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>

namespace freshet::rpc::json_fields {

namespace {

constexpr double largest_exact = 9007199254740992.0;  // 2^53: above it doubles skip integers

[[noreturn]] void fail(const Json& json, std::string_view what) {
    throw ParameterError(fmt::format("'{}' is not {}", json.text(), what));
}

bool is_whole(double value) { return std::abs(value) <= largest_exact && std::trunc(value) == value; }

template <class T>
void read_member(const Json& json, std::string_view name, T& value) {
    if (const Json* member = json.find(name)) read(*member, value);
}

}  // namespace

void read(const Json& json, bool& value) {
    if (json.is_null())
        value = false;
    else if (json.is_bool())
        value = json.as_bool();
    else if (json.is_number())
        value = json.as_number() != 0;
    else if (json.is_string())
        value = !json.as_string().empty();
    else
        value = json.is_array() ? !json.as_array().empty() : !json.as_object().empty();
}

void read(const Json& json, double& value) {
    if (json.is_null()) return;
    if (!json.is_number() && !json.is_bool()) fail(json, "a number");
    value = json.is_bool() ? json.as_bool() : json.as_number();
}

void read(const Json& json, std::int64_t& value) {
    if (json.is_null()) return;
    double number = 0;
    if (json.is_integer()) {
        value = json.as_integer();
        return;
    }
    read(json, number);
    if (std::isnan(number)) fail(json, "a whole number");
    const double whole = std::ceil(number);
    if (std::abs(whole) <= largest_exact)
        value = static_cast<std::int64_t>(whole);
    else
        value = whole < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

void read(const Json& json, LeaseToken& value) {
    if (json.is_null()) return;
    if (!json.is_integer() || json.as_integer() < 0) fail(json, "a lease");
    value = static_cast<LeaseToken>(json.as_integer());
}

void read(const Json& json, std::string& value) {
    if (json.is_null()) return;
    value = json.is_string() ? json.as_string() : json.text();
}

void read(const Json& json, Json& value) { value = json; }

void read(const Json& json, Json::Object& value) {
    if (json.is_null()) return;
    if (json.is_object()) {
        value = json.as_object();
        return;
    }
    if (!json.is_array()) fail(json, "an object or a list of pairs");
    for (const Json& pair : json.as_array()) {
        if (!pair.is_array() || pair.as_array().size() != 2 || !pair.as_array()[0].is_string()) fail(pair, "a pair");
        value.emplace_back(pair.as_array()[0].as_string(), pair.as_array()[1]);
    }
}

void read(const Json& json, std::vector<std::string>& value) {
    if (json.is_null()) return;
    if (!json.is_array()) fail(json, "a list");
    for (const Json& item : json.as_array()) {
        if (!item.is_string()) fail(item, "a text");
        value.push_back(item.as_string());
    }
}

void read(const Json& json, Resources& value) {
    if (json.is_null()) return;
    if (!json.is_object()) fail(json, "an object of whole numbers");
    constexpr auto most = static_cast<std::int64_t>(largest_exact);  // keeps sums exact
    for (const auto& [name, amount] : json.as_object()) {
        read(amount, value[name]);
        value[name] = std::clamp(value[name], -most, most);
    }
}

void read(const Json& json, Parameters& value) {
    if (json.is_null()) return;
    if (!json.is_object()) fail(json, "an object of texts");
    for (const auto& [name, text] : json.as_object())
        value.emplace_back(name, text.is_string() ? text.as_string() : text.text());
}

void read(const Json& json, Status& value) {
    if (json.is_null()) return;
    const auto status = json.is_string() ? status_from(json.as_string()) : std::nullopt;
    if (!status) fail(json, "a status");
    value = *status;
}

void read(const Json& json, RetryPolicy& value) {
    if (json.is_null()) return;
    if (!json.is_object()) fail(json, "an object");
    read_member(json, "retry_count", value.retry_count);
    read_member(json, "disable_hard_timeout", value.disable_hard_timeout);
    read_member(json, "disable_window", value.disable_window);
    read_member(json, "attempts", value.attempts);
    read_member(json, "first_pause", value.first_pause);
    read_member(json, "longest_pause", value.longest_pause);
}

void read(const Json& json, Failure& value) {
    if (!json.is_object()) fail(json, "an object");
    std::string text;
    read_member(json, "class", text);
    const auto known = failure_class_from(text);
    if (!known) throw ParameterError(fmt::format("'{}' is not a class of failure", text));
    value.failure_class = *known;
    std::optional<std::int64_t> seconds;
    read_member(json, "retry_after", seconds);
    if (seconds) value.retry_after = std::chrono::seconds(*seconds);
    read_member(json, "disk_full", value.is_disk_full);
}

void read(const Json& json, std::vector<Event>& value) {
    if (json.is_null()) return;
    if (!json.is_array()) fail(json, "a list of events");
    for (const Json& event : json.as_array()) value.push_back(event_from_json(event));
}

Json write(bool value) { return value; }
Json write(double value) { return is_whole(value) ? Json(static_cast<std::int64_t>(value)) : Json(value); }
Json write(std::int64_t value) { return value; }
Json write(LeaseToken value) { return static_cast<std::int64_t>(value); }
Json write(const std::string& value) { return value; }
Json write(const Json& value) { return value; }
Json write(const Json::Object& value) { return value; }

Json write(const std::vector<std::string>& value) { return Json::Array(value.begin(), value.end()); }

Json write(const Resources& value) { return Json::Object(value.begin(), value.end()); }

Json write(const Parameters& value) { return Json::Object(value.begin(), value.end()); }

Json write(Status value) { return text(value); }

Json write(const RetryPolicy& value) {
    Json::Object json{{"retry_count", write(value.retry_count)},
                      {"disable_hard_timeout", write(value.disable_hard_timeout)},
                      {"disable_window", write(value.disable_window)}};
    if (value.attempts) json.emplace_back("attempts", write(value.attempts));
    if (value.first_pause) json.emplace_back("first_pause", write(value.first_pause));
    if (value.longest_pause) json.emplace_back("longest_pause", write(value.longest_pause));
    return json;
}

Json write(const Failure& value) {
    Json::Object json{{"class", text(value.failure_class)}};
    if (value.retry_after) json.emplace_back("retry_after", value.retry_after->count());
    if (value.is_disk_full) json.emplace_back("disk_full", true);
    return json;
}

Json write(const std::vector<Event>& value) {
    Json json = Json::array();
    for (const Event& event : value) json.push_back(to_json(event));
    return json;
}

}  // namespace freshet::rpc::json_fields
