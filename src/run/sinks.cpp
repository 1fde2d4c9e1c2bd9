// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/sinks.hpp"

#include "cli/configuration_error.hpp"
#include "event/file_sink.hpp"
#include "event/webhook_sink.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::run {

namespace {

std::vector<SinkType> known_types(const std::vector<SinkType>& extra_types) {
    std::vector<SinkType> types{event::file_sink_type(), event::webhook_sink_type()};
    types.insert(types.end(), extra_types.begin(), extra_types.end());
    return types;
}

const SinkType& type_of(const ConfigTable& table, const std::vector<SinkType>& types) {
    std::vector<std::string> names;
    for (const SinkType& type : types) names.push_back(type.type);
    const Json* type = table.values.find("type");
    if (!type || !type->is_string())
        throw ParameterError(fmt::format("[[sink]] type: must be one of {}", fmt::join(names, ", ")));
    const auto found = std::ranges::find(types, type->as_string(), &SinkType::type);
    if (found != types.end()) return *found;
    throw ParameterError(fmt::format("[[sink]] type: there is no '{}', only {}{}", type->as_string(),
                                     fmt::join(names, ", "), suggestion(type->as_string(), names)));
}

}  // namespace

std::vector<std::shared_ptr<Sink>> configured_sinks(const Config& config, const std::vector<SinkType>& extra_types) {
    std::vector<std::shared_ptr<Sink>> sinks;
    const auto types = known_types(extra_types);
    for (const ConfigTable& table : config.tables("sink")) {
        try {
            sinks.push_back(type_of(table, types).make(table.values));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("{}: {}", table.origin, error.what()));
        }
    }
    return sinks;
}

std::vector<std::shared_ptr<Sink>> make_sinks(const CommandContext& context, const AnyTask& root) {
    std::vector<std::shared_ptr<Sink>> sinks;
    if (context.program.default_events_file)
        sinks.push_back(std::make_shared<event::FileSink>(context.program.default_events_file(root)));
    std::ranges::move(configured_sinks(context.config, context.program.sinks), std::back_inserter(sinks));
    return sinks;
}

}  // namespace freshet::run
