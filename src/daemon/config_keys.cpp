// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/config_keys.hpp"

#include "base/config.hpp"
#include "base/config_section.hpp"
#include "daemon/daemon_config.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"
#include "scheduler/config.hpp"

#include <fmt/format.h>

#include <iterator>

namespace freshet::daemon {

namespace {

using api::Cors;

std::chrono::days read_days(std::string_view text) {
    constexpr std::int64_t max_days = 36500;
    return std::chrono::days(read_integer(text, 1, max_days));
}

std::vector<std::string> read_names(std::string_view text) {
    std::vector<std::string> names;
    for (const std::string& name : split(std::string(text), ','))
        if (!trimmed(name).empty()) names.push_back(lower(trimmed(name)));
    return names;
}

/// Returns the address without a '/' at its end.
std::string read_page_url(std::string_view text) {
    if (!text.starts_with("http://") && !text.starts_with("https://"))
        throw ParameterError(fmt::format("'{}' is not an address like https://freshet.example.org", text));
    while (text.ends_with('/')) text.remove_suffix(1);
    return std::string(text);
}

/// Parses a JSON array of strings, the form of Luigi's configuration.
std::vector<std::string> read_json_list(std::string_view text) {
    std::vector<std::string> list;
    try {
        const Json json = Json::parse(text);
        for (const Json& element : json.as_array()) list.push_back(element.as_string());
    } catch (const Error&) {
        throw ParameterError(fmt::format("'{}' is not a list like [\"https://page.example\"]", text));
    }
    return list;
}

constexpr ConfigKey<ServerConfig> server_keys[] = {
    config_key<&ServerConfig::address>("address"),
    config_key<&ServerConfig::port, read_port>("port"),
    config_key<&ServerConfig::unix_socket, read_path>("unix_socket"),
    config_key<&ServerConfig::token_file, read_path>("token_file"),
    config_key<&ServerConfig::allow_unauthenticated>("allow_unauthenticated"),
    config_key<&ServerConfig::hosts, read_names>("hosts"),
    config_key<&ServerConfig::allow_changes_by_get>("allow_changes_by_get"),
    config_key<&ServerConfig::path_prefix>("path_prefix"),
    config_key<&ServerConfig::public_url, read_page_url>("public_url"),
    config_key<&ServerConfig::visualiser_dir, read_path>("visualiser_dir"),
    config_key<&ServerConfig::pidfile, read_path>("pidfile"),
    config_key<&ServerConfig::logdir, read_path>("logdir"),
    config_key<&ServerConfig::log_format, parse_log_format>("log_format"),
    config_key<&ServerConfig::history_retention, read_days>("history_days"),
};
constexpr ConfigSection<ServerConfig> server_section{"server", server_keys};

constexpr ConfigKey<Cors> cors_keys[] = {
    config_key<&Cors::enabled>("enabled"),
    config_key<&Cors::allowed_origins, read_json_list>("allowed_origins"),
    config_key<&Cors::allow_any_origin>("allow_any_origin"),
    config_key<&Cors::allow_null_origin>("allow_null_origin"),
    config_key<&Cors::max_age>("max_age"),
    config_key<&Cors::allowed_methods>("allowed_methods"),
    config_key<&Cors::allowed_headers>("allowed_headers"),
    config_key<&Cors::exposed_headers>("exposed_headers"),
    config_key<&Cors::allow_credentials>("allow_credentials"),
};
constexpr ConfigSection<Cors> cors_section{"cors", cors_keys};

void set_scheduler_key(DaemonConfig& config, const ConfigEntry& entry) {
    if (normalized_key(entry.key) != "state_path") return scheduler::set_key(config.scheduler, entry.key, entry.text);
    if (entry.text.empty()) throw ParameterError("[scheduler] state_path: '' is not a path");
    config.state_path = entry.text;
}

void set_email_section(DaemonConfig& config, const ConfigEntry& entry) {
    notify::set_email_key(config.email, entry.section, entry.key, entry.text);
}

struct Section {
    std::string_view name;
    void (*set)(DaemonConfig& config, const ConfigEntry& entry);
};

constexpr Section sections[] = {
    {"scheduler", set_scheduler_key},
    {"resources", [](DaemonConfig& config,
                     const ConfigEntry& entry) { scheduler::set_resource(config.scheduler, entry.key, entry.text); }},
    {"cors",
     [](DaemonConfig& config, const ConfigEntry& entry) { cors_section.set(config.cors, entry.key, entry.text); }},
    {"server",
     [](DaemonConfig& config, const ConfigEntry& entry) { server_section.set(config.server, entry.key, entry.text); }},
    {"email", set_email_section},
    {"smtp", set_email_section},
};

const Section& section_of(const ConfigEntry& entry) {
    const auto found = std::ranges::find(sections, normalized_key(entry.section), &Section::name);
    if (found != std::end(sections)) return *found;
    if (entry.section.empty()) throw ParameterError(fmt::format("key '{}' is outside any section", entry.key));
    std::vector<std::string> names;
    for (const Section& section : sections) names.emplace_back(section.name);
    throw ParameterError(fmt::format("unknown section '{}'{}", entry.section, suggestion(entry.section, names)));
}

}  // namespace

void set_config_entry(DaemonConfig& config, const ConfigEntry& entry) {
    try {
        section_of(entry).set(config, entry);
    } catch (const ParameterError& error) {
        if (entry.origin == command_line_origin) throw;
        throw ConfigError(fmt::format("{}: {}", entry.origin, error.what()));
    }
}

}  // namespace freshet::daemon
