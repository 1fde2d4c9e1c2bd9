// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/command_line.hpp"

#include "base/signals.hpp"
#include "cli/commands.hpp"
#include "cli/configuration_error.hpp"
#include "cli/help.hpp"
#include "cli/own_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::run {

namespace {

struct CommandHandler {
    std::string_view command;
    ExitStatus (*run)(const CommandContext&);
};

constexpr CommandHandler handlers[] = {
    {"run", run_command},       {"work", work_command},     {"plan", plan_command}, {"tree", tree_command},
    {"why", why_command},       {"verify", verify_command}, {"list", list_command}, {"history", history_command},
    {"config", config_command}, {"help", help_command},
};

Config load_config(const Program& program, const Registry& registry, const ParsedArguments& parsed,
                   const CliContext& cli) {
    ConfigSources sources{.program = program.name, .environment = cli.environment, .system_folder = cli.system_folder};
    if (const auto file = parsed.option("config")) sources.config_file = *file;
    try {
        Config config = Config::load(sources);
        check_config_keys(config, registry);
        return config;
    } catch (const ConfigError&) {
        throw;
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

ExitStatus dispatch(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                    CliContext& cli) {
    std::vector<std::string> program_commands;
    for (const ProgramCommand& command : program.commands) program_commands.push_back(command.name);
    const ParsedArguments parsed = parse_arguments(arguments, registry, program_commands);
    if (parsed.has("version")) {
        cli.out << fmt::format("{} {}\n", program.name, program.version);
        return ExitStatus::complete;
    }
    const Config none;
    if (!parsed.command || parsed.has("help")) return help_command({program, registry, parsed, none, cli, arguments});
    const Config config = load_config(program, registry, parsed, cli);
    const auto handler = std::ranges::find(handlers, parsed.command->name, &CommandHandler::command);
    return handler->run({program, registry, parsed, config, cli, arguments});
}

/// Where every error that ends the program is told.
ExitStatus report_error(const Program& program, const std::exception& error, std::ostream& err) {
    const ExitStatus status = exit_status_of(error);
    err << fmt::format("{}: {}\n", program.name, error.what());
    if (status == ExitStatus::usage) err << fmt::format("'{} --help' shows what can be asked for\n", program.name);
    return status;
}

}  // namespace

std::vector<ResolvedValue> parameter_values(const TaskType& type, const CommandContext& context) {
    auto values =
        resolve_values(type, context.parsed.type == &type ? context.parsed.parameters : Values{}, context.config);
    if (!context.program.resolve_parameters) return values;
    Values texts;
    for (const ResolvedValue& value : values)
        if (value.text) texts.emplace(value.parameter->name, *value.text);
    context.program.resolve_parameters(type.family, texts, context.cli.clock);
    for (ResolvedValue& value : values) {
        const auto text = texts.find(value.parameter->name);
        if (text == texts.end() || value.text == text->second) continue;
        value = {value.parameter, text->second,
                 value.is_default() || !value.text ? context.program.name : value.origin};
    }
    return values;
}

AnyTask named_task(const CommandContext& context) {
    const ParsedArguments& parsed = context.parsed;
    if (parsed.operand.empty())
        throw ParameterError(
            fmt::format("{}: which task? '{} help' lists them", parsed.command->name, context.program.name));
    const TaskType& type = parsed.type ? *parsed.type : context.registry.find(parsed.operand);
    return make_task(type, parameter_values(type, context));
}

int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                CliContext& cli) {
    try {
        const auto* program_command = arguments.empty() ? nullptr : find_program_command(program, arguments.front());
        if (!program_command) return static_cast<int>(dispatch(program, registry, arguments, cli));
        if (program_command->task.empty())
            return run_program_command(program, *program_command, {arguments.begin() + 1, arguments.end()}, cli);
        std::vector<std::string> expanded{"run", program_command->task};
        expanded.insert(expanded.end(), arguments.begin() + 1, arguments.end());
        return static_cast<int>(dispatch(program, registry, expanded, cli));
    } catch (const std::exception& error) {
        return static_cast<int>(report_error(program, error, cli.err));
    }
}

}  // namespace freshet::run

namespace freshet {

int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv, std::ostream& out,
                 std::ostream& err) {
    open_standard_streams();
    const SystemClock clock;
    run::CliContext cli = run::make_cli_context(out, err, clock);
    return run::run_program(program, registry, std::vector<std::string>(argv + std::min(argc, 1), argv + argc), cli);
}

}  // namespace freshet
