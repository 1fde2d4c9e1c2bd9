// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/own_command.hpp"

#include "cli/help.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::run {

namespace {

const CommandOption& find_command_option(const ProgramCommand& command, const std::string& name) {
    std::vector<std::string> known{"--help"};
    for (const CommandOption& option : command.options) {
        if (option.name == name) return option;
        known.push_back("--" + option.name);
    }
    throw ParameterError(fmt::format("unknown option --{}{}", name, suggestion("--" + name, known)));
}

/// Takes the option at `at`, with its value where it has one; returns where the next argument is.
std::size_t take_option(const ProgramCommand& command, const std::vector<std::string>& arguments, std::size_t at,
                        CommandCall& call) {
    const std::string text = arguments[at++].substr(2);
    const auto equals = text.find('=');
    const CommandOption& option = find_command_option(command, text.substr(0, equals));
    std::string value = equals == text.npos ? "" : text.substr(equals + 1);
    if (option.placeholder.empty() && equals != text.npos)
        throw ParameterError(fmt::format("--{}: takes no value", option.name));
    if (!option.placeholder.empty() && equals == text.npos) {
        if (at == arguments.size() || arguments[at].starts_with("--"))
            throw ParameterError(fmt::format("--{}: needs a value: {}", option.name, option.placeholder));
        value = arguments[at++];
    }
    if (!call.options.emplace(option.name, std::move(value)).second)
        throw ParameterError(fmt::format("--{}: given twice", option.name));
    return at;
}

CommandCall parse_call(const Program& program, const ProgramCommand& command, const std::vector<std::string>& arguments,
                       CliContext& cli) {
    CommandCall call{.operands = {}, .program = program, .clock = cli.clock, .out = cli.out, .err = cli.err};
    for (std::size_t at = 0; at < arguments.size();) {
        if (arguments[at].starts_with("--"))
            at = take_option(command, arguments, at, call);
        else
            call.operands.push_back(arguments[at++]);
    }
    if (command.operands.empty() && !call.operands.empty())
        throw ParameterError(fmt::format("'{}': nothing is expected here", call.operands.front()));
    return call;
}

}  // namespace

const ProgramCommand* find_program_command(const Program& program, std::string_view name) {
    const auto found = std::ranges::find(program.commands, name, &ProgramCommand::name);
    return found == program.commands.end() ? nullptr : &*found;
}

int run_program_command(const Program& program, const ProgramCommand& command,
                        const std::vector<std::string>& arguments, CliContext& cli) {
    const auto asks_for_help = [](const std::string& argument) { return argument == "--help" || argument == "-h"; };
    if (std::ranges::any_of(arguments, asks_for_help)) {
        cli.out << help_on_command(program, command);
        return static_cast<int>(ExitStatus::complete);
    }
    const CommandCall call = parse_call(program, command, arguments, cli);
    try {
        return command.run(call);
    } catch (const ParameterError&) {
        throw;
    } catch (const StoreError&) {
        throw;
    } catch (const DiskFullError&) {
        throw;
    } catch (const Error& error) {
        cli.err << fmt::format("{}: {}\n", program.name, error.what());
        return static_cast<int>(ExitStatus::task_failed);
    }
}

}  // namespace freshet::run

namespace freshet {

std::optional<std::string> CommandCall::option(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace freshet
