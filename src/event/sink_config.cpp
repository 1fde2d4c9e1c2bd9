// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/sink_config.hpp"

#include "freshet/error.hpp"
#include "freshet/http.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::event {

namespace {

bool names_secret(std::string_view key) {
    constexpr std::string_view words[] = {"password", "secret", "token", "key.pem", "jaas"};
    return !key.ends_with("_file") &&
           std::ranges::any_of(words, [&](std::string_view word) { return key.find(word) != key.npos; });
}

/// The program, and "…" for its arguments.
Json shown_command(const Json& command) {
    if (command.is_array() && command.as_array().size() > 1) return Json::Array{command.as_array().front(), "…"};
    if (!command.is_string()) return command;
    const std::string& text = command.as_string();
    const auto end = text.find_first_of(", ");
    return end == text.npos ? text : text.substr(0, end) + ", …";
}

/// The value of a key of a table, without what may be secret: headers, arguments of a command, and parts of addresses.
std::string shown_value(const std::string& key, const Json& value) {
    if (names_secret(key)) return "(hidden)";
    if (value.is_object()) {
        std::vector<std::string> members;
        for (const auto& [name, member] : value.as_object())
            members.push_back(name + " = " + (key == "headers" ? "(hidden)" : shown_value(name, member)));
        return fmt::format("{{ {} }}", joined(members, ", "));
    }
    if (key == "command") return shown_command(value).text();
    const bool is_address = value.is_string() && value.as_string().find("://") != std::string::npos;
    return is_address ? Json(shown_address(value.as_string())).text() : value.text();
}

}  // namespace

std::string shown_address(const std::string& url) {
    const std::string text = http::redacted_url(url);
    const auto path = text.find('/', text.find("://") + 3);
    return path == text.npos ? text : text.substr(0, path) + "/…";
}

std::string shown_table(const Json& table) {
    std::string text;
    for (const auto& [key, value] : table.as_object()) text += fmt::format("  {} = {}\n", key, shown_value(key, value));
    return text;
}

SinkConfig::SinkConfig(const Json& table, std::string type, std::vector<std::string> keys, std::string table_name)
    : table_(table), type_(std::move(type)), table_name_(std::move(table_name)) {
    keys.emplace_back("type");
    for (const auto& [key, value] : table_.as_object()) {
        if (std::ranges::find(keys, key) != keys.end()) continue;
        reject(fmt::format("unknown key '{}'{}", key, suggestion(key, keys)));
    }
}

std::optional<std::string> SinkConfig::text(std::string_view key) const {
    const Json* value = table_.find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) reject(fmt::format("the key '{}' is not text", key));
    return value->as_string();
}

std::string SinkConfig::required_text(std::string_view key) const {
    const auto value = text(key);
    if (!value || value->empty()) reject(fmt::format("the key '{}' is missing", key));
    return *value;
}

std::optional<double> SinkConfig::number(std::string_view key) const {
    const Json* value = table_.find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) reject(fmt::format("the key '{}' is not a number", key));
    return value->as_number();
}

std::vector<std::string> SinkConfig::list(std::string_view key) const {
    const Json* value = table_.find(key);
    if (value == nullptr) return {};
    std::vector<std::string> all;
    if (value->is_string()) all = split_trimmed(value->as_string(), ',');
    if (!value->is_string() && !value->is_array()) reject(fmt::format("the key '{}' is not a list", key));
    if (value->is_array())
        for (const Json& element : value->as_array()) {
            if (!element.is_string()) reject(fmt::format("the list '{}' has an element that is not text", key));
            all.push_back(element.as_string());
        }
    std::erase(all, "");
    return all;
}

std::map<std::string, std::string> SinkConfig::texts(std::string_view key) const {
    std::map<std::string, std::string> all;
    const Json* table = table_.find(key);
    if (table == nullptr) return all;
    if (!table->is_object()) reject(fmt::format("the key '{}' is not a table", key));
    for (const auto& [name, value] : table->as_object()) {
        const bool simple = value.is_string() || value.is_number() || value.is_bool();
        if (!simple) reject(fmt::format("'{}' in the table '{}' is not text", name, key));
        all[name] = value.is_string() ? value.as_string() : value.text();
    }
    return all;
}

void SinkConfig::reject(const std::string& why) const {
    throw ParameterError(fmt::format("[[{}]] of type '{}': {}", table_name_, type_, why));
}

}  // namespace freshet::event
