// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/configuration_keys.hpp"

#include "app/cors_keys.hpp"
#include "base/text.hpp"
#include "freshet/codec.hpp"
#include "run/configuration_error.hpp"
#include "scheduler/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::app {

namespace {

/// "4" is held by the tasks that run, "120/minute" is handed out.
void set_resource(scheduler::Config& config, const GivenValue& value) {
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

void set_state_path(Configuration& configuration, const std::string& text) {
    if (text.empty()) throw ParameterError("[scheduler] state_path: '' is no file");
    configuration.state_path = text;
}

struct Section {
    std::string_view name;
    void (*set)(Configuration& configuration, const GivenValue& value);
};

constexpr Section sections[] = {
    {"scheduler",
     [](Configuration& configuration, const GivenValue& value) {
         if (comparable(value.key) == "state_path") return set_state_path(configuration, value.text);
         scheduler::set_key(configuration.scheduler, value.key, value.text);
     }},
    {"resources",
     [](Configuration& configuration, const GivenValue& value) { set_resource(configuration.scheduler, value); }},
    {"cors", [](Configuration& configuration,
                const GivenValue& value) { set_cors_key(configuration.cors, value.key, value.text); }},
    {"server", [](Configuration& configuration,
                  const GivenValue& value) { set_server_key(configuration.server, value.key, value.text); }},
};

const Section& section_of(const GivenValue& value) {
    const auto found = std::ranges::find(sections, comparable(value.section), &Section::name);
    if (found != std::end(sections)) return *found;
    if (value.section.empty()) throw ParameterError(fmt::format("key '{}' stands in no section", value.key));
    std::vector<std::string> names;
    for (const Section& section : sections) names.emplace_back(section.name);
    throw ParameterError(fmt::format("unknown section '{}'{}", value.section, suggestion(value.section, names)));
}

}  // namespace

void set(Configuration& configuration, const GivenValue& value) {
    try {
        section_of(value).set(configuration, value);
    } catch (const ParameterError& error) {
        if (value.origin == command_line) throw;
        throw run::ConfigurationError(fmt::format("{}: {}", value.origin, error.what()));
    }
}

}  // namespace freshet::app
