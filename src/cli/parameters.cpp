// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/parameters.hpp"

#include "base/files.hpp"
#include "cli/slurm_config.hpp"
#include "freshet/range.hpp"
#include "freshet/text.hpp"
#include "notify/email_config.hpp"
#include "run/event_delivery.hpp"
#include "task/configured_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace freshet::cli {

namespace {

/// The key of a file that contains a secret, as containers get them.
std::string file_key(const Parameter& parameter) { return std::string(parameter.name) + "_file"; }

bool is_of_environment(std::string_view origin) { return origin.starts_with("environment "); }

/// A secret is in the section itself or in a file that it names. Where it has both, the environment's wins over a
/// file's, as everywhere; of two of one kind none would be known to be meant.
bool is_in_file(std::string_view section, const Parameter& parameter, const Config& config) {
    if (parameter.visibility != Visibility::secret) return false;
    const std::string text = config.origin(section, parameter.name);
    const std::string file = config.origin(section, file_key(parameter));
    if (!text.empty() && !file.empty() && is_of_environment(text) == is_of_environment(file))
        throw ConfigError(fmt::format("{}: [{}] has '{}' at {}, too", file, section, parameter.name, text));
    return !file.empty() && (text.empty() || is_of_environment(file));
}

ResolvedValue read_secret_file(std::string_view section, const Parameter& parameter, const Config& config) {
    const auto file = config.find(section, file_key(parameter));
    try {
        return ResolvedValue{&parameter, std::string(trimmed(read_file(file->text))),
                             fmt::format("file '{}' ({})", file->text, file->origin), section};
    } catch (const Error& error) {
        throw ConfigError(fmt::format("{}: {}", file->origin, error.what()));
    }
}

/// The sections with a family's values. [DEFAULT] means the parameters of the program's own tasks.
std::vector<std::string_view> sections_of(const TaskType& type) {
    if (detail::is_range(type)) return {type.family};
    return {type.family, default_section};
}

/// The value in one of the sections, the first that has it; else the default, if it may be left out.
ResolvedValue configured_value(const std::vector<std::string_view>& sections, const Parameter& parameter,
                               const void* defaults, const Config& config) {
    for (const std::string_view section : sections) {
        if (is_in_file(section, parameter, config)) return read_secret_file(section, parameter, config);
        if (const auto entry = config.find(section, parameter.name))
            return {&parameter, entry->text, entry->origin, section};
    }
    if (parameter.is_required) return {&parameter};
    return {&parameter, parameter.write(defaults), "default"};
}

ResolvedValue resolve_value(const TaskType& type, const Parameter& parameter, const Values& command_line,
                            const Config& config) {
    if (const auto given = command_line.find(parameter.name); given != command_line.end())
        return {&parameter, given->second, std::string(command_line_origin)};
    return configured_value(sections_of(type), parameter, type.defaults(), config);
}

/// `reason` without the prefix "Family --name: ", which the origin replaces.
std::string_view without_prefix(std::string_view reason, std::string_view prefix) {
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

/// Rethrows an error of a parameter with the origin of its value, unless that is the command line.
[[noreturn]] void throw_with_origin(const TaskType& type, const std::vector<ResolvedValue>& values,
                                    const std::string& reason) {
    for (const ResolvedValue& value : values) {
        if (!value.text || value.origin == command_line_origin) continue;
        std::string prefix = fmt::format("{} --{}: ", type.family, value.parameter->name);
        if (!reason.starts_with(prefix)) prefix = fmt::format("{} --{}: ", type.family, dashed(value.parameter->name));
        if (!reason.starts_with(prefix)) continue;
        throw ConfigError(fmt::format("{}: [{}] {}: {}", value.origin, value.section, value.parameter->name,
                                      without_prefix(reason, prefix)));
    }
    throw ParameterError(reason);
}

std::vector<std::string> keys_of(std::span<const Parameter> parameters) {
    std::vector<std::string> keys;
    for (const Parameter& p : parameters) {
        keys.emplace_back(p.name);
        if (p.visibility == Visibility::secret) keys.push_back(file_key(p));
    }
    return keys;
}

std::vector<std::string> run_keys() {
    std::vector<std::string> keys;
    for (const Option& option : all_options())
        if (option.is_config_key) keys.emplace_back(option.name);
    return keys;
}

/// The name as Config compares it.
std::string normalized(std::string_view name) {
    std::string text = lower(name);
    std::ranges::replace_if(
        text, [](char c) { return c == '-' || c == '.'; }, '_');
    return text;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const std::string& known) { return normalized(known) == normalized(name); });
}

void check_keys(const Config& config, const std::string& section, const std::vector<std::string>& known) {
    for (const std::string& key : config.keys(section)) {
        if (contains(known, key)) continue;
        throw ConfigError(fmt::format("{}: unknown key '{}' in [{}]{}", config.origin(section, key), key, section,
                                      suggestion(key, known)));
    }
}

}  // namespace

std::string ResolvedValue::display_text() const {
    if (!text) return "(required)";
    if (parameter->visibility == Visibility::secret && !text->empty()) return "***";
    return *text;
}

std::vector<ResolvedValue> resolve_values(const TaskType& type, const Values& command_line, const Config& config) {
    std::vector<ResolvedValue> values;
    for (const Parameter& p : type.parameters) values.push_back(resolve_value(type, p, command_line, config));
    return values;
}

namespace {

/// Lets the program replace words like "latest".
void resolve_by_program(const Program& program, const TaskType& type, std::vector<ResolvedValue>& values,
                        const Clock& clock) {
    if (!program.resolve_parameters) return;
    Values texts;
    for (const ResolvedValue& value : values)
        if (value.text) texts.emplace(value.parameter->name, *value.text);
    program.resolve_parameters(type.family, texts, clock);
    for (ResolvedValue& value : values) {
        const auto text = texts.find(value.parameter->name);
        if (text == texts.end() || value.text == text->second) continue;
        if (value.is_default() || !value.text) value.origin = program.name;
        value.text = text->second;
    }
}

/// The values that the configuration has for a family's parameters, and before it the command line for the whole class.
/// An error concerns only those who need the value.
std::vector<detail::ConfiguredValue> configured_values(const Program& program, const TaskType& type,
                                                       const Values& of_class, const Config& config,
                                                       const Clock& clock) {
    std::vector<detail::ConfiguredValue> configured;
    std::vector<ResolvedValue> values;
    for (const Parameter& parameter : type.parameters) {
        try {
            values.push_back(resolve_value(type, parameter, of_class, config));
            if (of_class.contains(parameter.name)) values.back().section = type.family;
        } catch (const ConfigError& error) {
            configured.push_back({.parameter = &parameter, .error = error.what()});
        }
    }
    if (std::ranges::all_of(values, [](const ResolvedValue& value) { return value.section.empty(); }))
        return configured;
    std::string error;
    try {
        resolve_by_program(program, type, values, clock);
    } catch (const Error& reason) {
        error = reason.what();
    }
    for (const ResolvedValue& value : values)
        if (!value.section.empty())
            configured.push_back({value.parameter, *value.text, value.origin, std::string(value.section), error});
    return configured;
}

/// What the configuration has for a section of its own. An error concerns only those who read the section.
std::vector<detail::ConfiguredValue> configured_values(const SectionType& section, const Config& config) {
    std::vector<detail::ConfiguredValue> configured;
    for (const Parameter& parameter : section.parameters) {
        try {
            ResolvedValue value = configured_value({section.name}, parameter, section.defaults(), config);
            if (!value.section.empty())
                configured.push_back(
                    {&parameter, std::move(*value.text), std::move(value.origin), std::string(section.name)});
        } catch (const ConfigError& error) {
            configured.push_back({.parameter = &parameter, .error = error.what()});
        }
    }
    return configured;
}

}  // namespace

std::vector<ResolvedValue> section_values(const SectionType& section, const Config& config) {
    std::vector<ResolvedValue> values;
    for (const Parameter& parameter : section.parameters)
        values.push_back(configured_value({section.name}, parameter, section.defaults(), config));
    return values;
}

std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context) {
    auto values = resolve_values(type, context.parsed.parameters_of(type), context.config);
    resolve_by_program(context.program, type, values, context.cli.clock);
    return values;
}

Registry configured_registry(const Program& program, const Registry& registry,
                             const std::map<std::string_view, Values>& of_classes, const Config& config,
                             const Clock& clock) {
    auto all = std::make_shared<detail::ConfiguredValues>();
    for (const auto* types : {&registry.types(), &registry.ranges()})
        for (const TaskType* type : *types)
            if (auto values = configured_values(
                    program, *type, of_classes.contains(type->family) ? of_classes.at(type->family) : Values{}, config,
                    clock);
                !values.empty())
                all->add(type->family, std::move(values));
    for (const SectionType* section : registry.sections())
        if (auto values = configured_values(*section, config); !values.empty())
            all->add(section->name, std::move(values));
    for (const SectionType* section : registry.sections()) all->check(*section);
    return all->empty() ? registry : registry.with(std::move(all));
}

AnyTask make_task(const Registry& registry, const TaskType& type, const std::vector<ResolvedValue>& values) {
    Values given;
    for (const ResolvedValue& value : values)
        if (value.text && !value.is_default()) given.emplace(value.parameter->name, *value.text);
    try {
        return registry.make(type.family, given);
    } catch (const ConfigError&) {
        throw;
    } catch (const ParameterError& error) {
        throw_with_origin(type, values, error.what());
    }
}

AnyTask named_task(const CommandContext& context) {
    const ParsedCommand& parsed = context.parsed;
    if (parsed.operand.empty())
        throw ParameterError(
            fmt::format("{}: a task is required; '{} help' lists them", parsed.command->name, context.program.name));
    const TaskType& type = parsed.type ? *parsed.type : context.registry.find(parsed.operand);
    return make_task(context.registry, type, parameter_values(type, context));
}

namespace {

/// The parameters of the ranged tasks that the command line gives, or the program for it.
TaskArguments backfill_arguments(const CommandContext& context, const TaskType& type, const Parameter& ranged,
                                 const std::string& from) {
    auto values = resolve_values(type, context.parsed.parameters_of(type), context.config);
    for (ResolvedValue& value : values)
        if (value.parameter == &ranged) value = {&ranged, from, std::string(command_line_origin)};
    resolve_by_program(context.program, type, values, context.cli.clock);
    Json::Object arguments;
    for (const ResolvedValue& value : values)
        if (value.parameter != &ranged && value.text &&
            (value.origin == command_line_origin || value.origin == context.program.name))
            arguments.emplace_back(value.parameter->name, *value.text);
    return arguments;
}

std::string required_option(const CommandContext& context, std::string_view name) {
    if (const auto text = context.parsed.option(name)) return *text;
    throw ParameterError(fmt::format("backfill: --{} VALUE is required", name));
}

}  // namespace

AnyTask backfill_task(const CommandContext& context) {
    const ParsedCommand& parsed = context.parsed;
    if (!parsed.type)
        throw ParameterError(fmt::format("backfill: a task is required; '{} help' lists them", context.program.name));
    const TaskType& type = *parsed.type;
    const std::string from = required_option(context, "from"), to = required_option(context, "to");
    const auto name = parsed.option("param-name");
    try {
        const Parameter& ranged = detail::ranged_parameter(type, name.value_or(""));
        if (parsed.parameters.contains(ranged.name))
            throw ParameterError(fmt::format("--{} is what --from and --to give values to", dashed(ranged.name)));
        Range range{.of = TaskClass(type),
                    .of_params = backfill_arguments(context, type, ranged, from),
                    .start = from,
                    .stop = to,
                    .step = Codec<int>::read(parsed.option("step").value_or("1")),
                    .reverse = parsed.has("reverse")};
        if (name) range.param_name = *name;
        AnyTask task = context.registry.configured(range);
        task.requirements();  // throws for what is invalid
        return task;
    } catch (const ConfigError&) {
        throw;
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("backfill: {}", error.what()));
    }
}

AnyTask root_for_program(const Registry& registry, const AnyTask& root) {
    if (!detail::is_range(root.type())) return root;
    const Values range = root.values();
    const std::string& name = range.at("param_name");
    try {
        const TaskType& type = registry.find(range.at("of"));
        const Parameter& ranged = detail::ranged_parameter(type, name == "None" ? "" : name);
        Values values;
        for (const auto& [argument, value] : Codec<TaskArguments>::read(range.at("of_params")).values())
            values.emplace(argument, value.is_string() ? value.as_string() : value.text());
        values.insert_or_assign(std::string(ranged.name), std::string(ranged.example));
        return registry.make(type.family, values);
    } catch (const ParameterError&) {
        return root;  // the plan tells what is wrong with it
    }
}

void check_config_keys(const Config& config, const Registry& registry) {
    std::vector<std::string> sections{"run", "resources", "slurm", std::string(default_section)};
    for (const std::string_view section : notify::email_section_names) sections.emplace_back(section);
    std::vector<std::string> keys_of_any;
    for (const TaskType* type : registry.types()) {
        sections.emplace_back(type->family);
        std::ranges::move(keys_of(type->parameters), std::back_inserter(keys_of_any));
    }
    for (const TaskType* type : registry.ranges()) sections.emplace_back(type->family);
    for (const SectionType* section : registry.sections()) sections.emplace_back(section->name);
    for (const std::string& section : config.sections()) {
        if (contains(sections, section)) continue;
        const std::string key = config.keys(section).front();
        const std::string origin = config.origin(section, key);
        throw ConfigError(section.empty() ? fmt::format("{}: key '{}' is not in a section", origin, key)
                                          : fmt::format("{}: unknown section '{}'{}", origin, section,
                                                        suggestion(section, sections)));
    }
    check_keys(config, "run", run_keys());
    check_keys(config, "slurm", slurm_keys());
    check_keys(config, std::string(default_section), keys_of_any);
    for (const auto* types : {&registry.types(), &registry.ranges()})
        for (const TaskType* type : *types) check_keys(config, std::string(type->family), keys_of(type->parameters));
    for (const SectionType* section : registry.sections())
        check_keys(config, std::string(section->name), keys_of(section->parameters));
    for (const std::string_view section : notify::email_section_names)
        check_keys(config, std::string(section), notify::email_keys(section));
    run::check_tables(config);
}

}  // namespace freshet::cli
