// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration_keys.hpp"

#include "cli/configuration_error.hpp"
#include "daemon/cors_keys.hpp"
#include "freshet/codec.hpp"
#include "freshet/text.hpp"
#include "scheduler/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::daemon {

namespace {

/// "4" is held by the tasks that run, "120/minute" is handed out.
void set_resource(scheduler::Config& config, const ConfigEntry& value) {
    constexpr std::string_view per_minute = "/minute";
    const bool is_rate = value.text.ends_with(per_minute);
    try {
        const auto limit = Codec<std::int64_t>::read(
            std::string_view(value.text).substr(0, value.text.size() - (is_rate ? per_minute.size() : 0)));
        if (limit < 0) throw ParameterError(fmt::format("'{}' is below 0", value.text));
        config.resources[value.key] = limit;
        if (is_rate)
            config.rates.insert(value.key);
        else
            config.rates.erase(value.key);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("[resources] {}: {}", value.key, error.what()));
    }
}

void set_state_path(DaemonConfig& config, const std::string& text) {
    if (text.empty()) throw ParameterError("[scheduler] state_path: '' is no file");
    config.state_path = text;
}

struct Section {
    std::string_view name;
    void (*set)(DaemonConfig& config, const ConfigEntry& value);
};

constexpr Section sections[] = {
    {"scheduler",
     [](DaemonConfig& config, const ConfigEntry& value) {
         if (normalized(value.key) == "state_path") return set_state_path(config, value.text);
         scheduler::set_key(config.scheduler, value.key, value.text);
     }},
    {"resources", [](DaemonConfig& config, const ConfigEntry& value) { set_resource(config.scheduler, value); }},
    {"cors", [](DaemonConfig& config, const ConfigEntry& value) { set_cors_key(config.cors, value.key, value.text); }},
    {"server",
     [](DaemonConfig& config, const ConfigEntry& value) { set_server_key(config.server, value.key, value.text); }},
};

const Section& section_of(const ConfigEntry& value) {
    const auto found = std::ranges::find(sections, normalized(value.section), &Section::name);
    if (found != std::end(sections)) return *found;
    if (value.section.empty()) throw ParameterError(fmt::format("key '{}' stands in no section", value.key));
    std::vector<std::string> names;
    for (const Section& section : sections) names.emplace_back(section.name);
    throw ParameterError(fmt::format("unknown section '{}'{}", value.section, suggestion(value.section, names)));
}

}  // namespace

void set_config_entry(DaemonConfig& config, const ConfigEntry& value) {
    try {
        section_of(value).set(config, value);
    } catch (const ParameterError& error) {
        if (value.origin == command_line_origin) throw;
        throw run::ConfigError(fmt::format("{}: {}", value.origin, error.what()));
    }
}

}  // namespace freshet::daemon
