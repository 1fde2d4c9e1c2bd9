// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/event.hpp"

#include "base/json_write.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

namespace freshet {

namespace {

constexpr std::string_view specversion = "1.0";

const std::string& attribute(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    if (!value || !value->is_string() || value->as_string().empty())
        throw Error(fmt::format("read event: attribute '{}' is missing or not a text", name));
    return value->as_string();
}

std::string optional_attribute(const Json& json, std::string_view name) {
    return json.find(name) ? attribute(json, name) : std::string();
}

}  // namespace

Json to_json(const Event& event) {
    Json::Object json{{"specversion", specversion}, {"id", event.id}, {"source", event.source}, {"type", event.type}};
    if (!event.subject.empty()) json.emplace_back("subject", event.subject);
    json.emplace_back("time", rfc3339(event.time));
    json.emplace_back("datacontenttype", "application/json");
    if (!event.key.empty()) json.emplace_back("partitionkey", event.key);
    if (!event.traceparent.empty()) json.emplace_back("traceparent", event.traceparent);
    json.emplace_back("data", event.data);
    return valid_json(json);
}

Event event_from_json(const Json& json) {
    if (!json.is_object()) throw Error("read event: it is not a JSON object");
    if (attribute(json, "specversion") != specversion)
        throw Error(
            fmt::format("read event: specversion '{}' is not '{}'", attribute(json, "specversion"), specversion));
    const Json* data = json.find("data");
    return {.id = attribute(json, "id"),
            .source = attribute(json, "source"),
            .type = attribute(json, "type"),
            .subject = optional_attribute(json, "subject"),
            .time = json.find("time") ? time_from_rfc3339(attribute(json, "time")) : Time{},
            .key = optional_attribute(json, "partitionkey"),
            .data = data ? *data : Json(),
            .traceparent = optional_attribute(json, "traceparent")};
}

}  // namespace freshet
