// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "base/printable.hpp"
#include "base/signals.hpp"
#include "cli/absolute_paths.hpp"
#include "cli/parameters.hpp"
#include "cli/process_arguments.hpp"
#include "freshet/error.hpp"
#include "freshet/slurm.hpp"
#include "freshet/text.hpp"
#include "process/init_process.hpp"
#include "run/exit_status.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace freshet::cli {

namespace {

/// 0 when standard error is no terminal, or a dumb one that cannot rewrite a line.
int width_of_terminal(const Environment& environment) {
    const auto kind = environment.find("TERM");
    if (!isatty(STDERR_FILENO) || kind == environment.end() || kind->second == "dumb") return 0;
    winsize size{};
    constexpr int default_width = 80;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : default_width;
}

/// The first of them that is set decides, as in setlocale(3).
bool is_utf8_locale(const Environment& environment) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto found = environment.find(name);
        if (found == environment.end() || found->second.empty()) continue;
        const std::string locale = lower(found->second);
        return locale.find("utf-8") != locale.npos || locale.find("utf8") != locale.npos;
    }
    return false;
}

Config load_config(const Program& program, const Registry& registry, const ParsedOptions& parsed,
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

/// The command of Slurm jobs, for no user.
constexpr std::string_view attempt_command = "run-attempt";

ExitStatus dispatch(const Program& program, const Registry& registry, const CommandTable& table,
                    const std::vector<std::string>& arguments, CliContext& cli) {
    std::vector<std::string> program_commands;
    for (const ProgramCommand& command : program.commands) program_commands.push_back(command.name);
    const ParsedCommand parsed = parse_command(arguments, registry, table, program_commands);
    if (cli.process_arguments) cli.process_arguments->show(parsed.arguments);
    if (parsed.has("version")) {
        cli.out << fmt::format("{} {}\n", program.name, program.version);
        return ExitStatus::success;
    }
    const Config none;
    if (!parsed.command || parsed.command->operand == Operand::topic || parsed.has("help"))
        return help_command({program, registry, table, parsed, none, cli});
    const Config config = load_config(program, registry, parsed, cli);
    const Program resolving = with_absolute_paths(program, registry, parsed, config);
    const Registry configured = configured_registry(resolving, registry, parsed.class_parameters, config, cli.clock);
    return parsed.command->run({resolving, configured, table, parsed, config, cli});
}

/// Prints an error that ends the program; returns its exit status.
ExitStatus report_error(const Program& program, const std::exception& error, std::ostream& err) {
    const ExitStatus status = run::exit_status_of(error);
    err << fmt::format("{}: {}\n", program.name, error.what());
    if (status == ExitStatus::usage) err << fmt::format("run '{} --help' for usage\n", program.name);
    return status;
}

/// Adds the values of parameters that are not given from the configuration's section [DEFAULT].
void add_default_values(const Program& program, const Registry& registry, const ProgramCommand& command,
                        ParsedOptions& parsed, const CliContext& cli) {
    if (!has_parameters(command)) return;
    const Config config = load_config(program, registry, parsed, cli);
    for (const CommandOption& option : command.options)
        if (const auto value = config.find(default_section, option.name); option.is_parameter && value)
            parsed.options.try_emplace(option.name, value->text);
}

CommandCall parse_call(const Program& program, const Registry& registry, const ProgramCommand& command,
                       const std::vector<std::string>& arguments, CliContext& cli) {
    std::vector<Option> options{option_named("help")};
    if (has_parameters(command)) options.push_back(option_named("config"));
    for (const CommandOption& option : command.options)
        options.push_back({option.name, option.placeholder, option.help});
    Arguments parsed = parse_arguments(options, arguments, Repetition::rejected);
    check_operands(command.operands, parsed.operands);
    add_default_values(program, registry, command, parsed, cli);
    for (const CommandOption& option : command.options)
        if (option.is_required && !parsed.has(option.name))
            throw ParameterError(fmt::format("--{} {} is required", option.name, option.placeholder));
    return {.operands = std::move(parsed.operands),
            .options = std::move(parsed.options),
            .program = program,
            .clock = cli.clock,
            .out = cli.out,
            .err = cli.err};
}

int run_program_command(const Program& program, const Registry& registry, const ProgramCommand& command,
                        const std::vector<std::string>& arguments, CliContext& cli) {
    const auto asks_for_help = [](const std::string& argument) { return argument == "--help" || argument == "-h"; };
    if (std::ranges::any_of(arguments, asks_for_help)) {
        cli.out << help_on_command(program, command);
        return static_cast<int>(ExitStatus::success);
    }
    try {
        return command.run(parse_call(program, registry, command, arguments, cli));
    } catch (const ConfigError&) {
        throw;
    } catch (const StoreError&) {
        throw;
    } catch (const ParameterError& error) {
        cli.err << fmt::format("{0}: {1}: {2}\nrun '{0} {1} --help' for usage\n", program.name, command.name,
                               error.what());
        return static_cast<int>(ExitStatus::usage);
    } catch (const Error& error) {
        cli.err << fmt::format("{}: {}\n", program.name, error.what());
        return static_cast<int>(ExitStatus::task_failed);
    }
}

}  // namespace

CliContext make_cli_context(std::ostream& out, std::ostream& err, const Clock& clock) {
    CliContext cli{.out = out, .err = err, .clock = clock, .environment = process_environment()};
    if (&err == &std::cerr) cli.terminal_width = width_of_terminal(cli.environment);
    cli.owns_standard_streams = &out == &std::cout && &err == &std::cerr;
    cli.is_utf8 = is_utf8_locale(cli.environment);
    return cli;
}

std::string command_text(const CommandContext& context) {
    std::string text = context.program.name;
    for (const std::string& word : context.parsed.arguments) text += " " + shell_word(word);
    return text;
}

bool has_parameters(const ProgramCommand& command) {
    return std::ranges::any_of(command.options, &CommandOption::is_parameter);
}

const ProgramCommand* find_program_command(const Program& program, std::string_view name) {
    const auto found = std::ranges::find(program.commands, name, &ProgramCommand::name);
    return found == program.commands.end() ? nullptr : &*found;
}

int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                CliContext& cli) {
    return run_program(program, registry, pipeline_commands(registry), arguments, cli);
}

int run_program(const Program& program, const Registry& registry, const CommandTable& table,
                const std::vector<std::string>& arguments, CliContext& unfiltered) {
    // Texts of tasks, peers and files reach people here: none may speak to the terminal.
    PrintableStream out(unfiltered.out), err(unfiltered.err);
    CliContext cli{.out = out,
                   .err = err,
                   .clock = unfiltered.clock,
                   .environment = unfiltered.environment,
                   .system_folder = unfiltered.system_folder,
                   .terminal_width = unfiltered.terminal_width,
                   .is_utf8 = unfiltered.is_utf8,
                   .terminal = &unfiltered.err,
                   .owns_standard_streams = unfiltered.owns_standard_streams,
                   .process_arguments = unfiltered.process_arguments};
    try {
        if (arguments.size() == 2 && arguments.front() == attempt_command)
            return run_slurm_attempt(registry, arguments.back());
        const auto* program_command = arguments.empty() ? nullptr : find_program_command(program, arguments.front());
        if (!program_command) return static_cast<int>(dispatch(program, registry, table, arguments, cli));
        if (program_command->task.empty())
            return run_program_command(program, registry, *program_command, {arguments.begin() + 1, arguments.end()},
                                       cli);
        std::vector<std::string> expanded{"run", program_command->task};
        expanded.insert(expanded.end(), arguments.begin() + 1, arguments.end());
        return static_cast<int>(dispatch(program, registry, table, expanded, cli));
    } catch (const std::exception& error) {
        return static_cast<int>(report_error(program, error, cli.err));
    }
}

}  // namespace freshet::cli

namespace freshet {

std::optional<std::string> CommandCall::option(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv, std::ostream& out,
                 std::ostream& err) {
    open_standard_streams();
    survive_broken_pipes();
    cli::ProcessArguments process_arguments(argc, argv);
    process::run_below_init([&] { process_arguments.hide(); });
    const SystemClock clock;
    cli::CliContext context = cli::make_cli_context(out, err, clock);
    context.process_arguments = &process_arguments;
    return cli::run_program(program, registry, std::vector<std::string>(argv + std::min(argc, 1), argv + argc),
                            context);
}

int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv) {
    return command_line(program, registry, argc, argv, std::cout, std::cerr);
}

}  // namespace freshet
