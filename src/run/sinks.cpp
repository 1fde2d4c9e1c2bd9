// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/sinks.hpp"

#include "event/file_sink.hpp"
#include "event/webhook_sink.hpp"
#include "run/configuration_error.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::run {

namespace {

std::vector<SinkType> known_types(const std::vector<SinkType>& further) {
    std::vector<SinkType> types{event::file_sink_type(), event::webhook_sink_type()};
    types.insert(types.end(), further.begin(), further.end());
    return types;
}

const SinkType& type_of(const SettingsTable& table, const std::vector<SinkType>& types) {
    std::vector<std::string> names;
    for (const SinkType& type : types) names.push_back(type.type);
    const Json* wanted = table.values.find("type");
    if (!wanted || !wanted->is_string())
        throw ParameterError(fmt::format("[[sink]] type: must be one of {}", fmt::join(names, ", ")));
    const auto found = std::ranges::find(types, wanted->as_string(), &SinkType::type);
    if (found != types.end()) return *found;
    throw ParameterError(fmt::format("[[sink]] type: there is no '{}', only {}{}", wanted->as_string(),
                                     fmt::join(names, ", "), suggestion(wanted->as_string(), names)));
}

}  // namespace

std::vector<std::shared_ptr<Sink>> configured_sinks(const Settings& settings, const std::vector<SinkType>& further) {
    std::vector<std::shared_ptr<Sink>> sinks;
    const auto types = known_types(further);
    for (const SettingsTable& table : settings.tables("sink")) {
        try {
            sinks.push_back(type_of(table, types).make(table.values));
        } catch (const Error& error) {
            throw ConfigurationError(fmt::format("{}: {}", table.origin, error.what()));
        }
    }
    return sinks;
}

std::vector<std::shared_ptr<Sink>> make_sinks(const Call& call, const AnyTask& root) {
    std::vector<std::shared_ptr<Sink>> sinks;
    if (call.program.default_events_file)
        sinks.push_back(std::make_shared<event::FileSink>(call.program.default_events_file(root)));
    std::ranges::move(configured_sinks(call.settings, call.program.sinks), std::back_inserter(sinks));
    return sinks;
}

}  // namespace freshet::run
