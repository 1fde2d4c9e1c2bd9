// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "cli/commands.hpp"
#include "cli/own_command.hpp"
#include "freshet/error.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace freshet::run {

namespace {

/// A name with what it means, the meanings below each other; a long name has its line to itself.
std::string row(std::string_view name, std::string_view meaning) {
    constexpr std::size_t column = 28;
    if (name.size() + 2 > column) return fmt::format("  {}\n  {:{}}{}\n", name, "", column, meaning);
    return fmt::format("  {:{}}{}\n", name, column, meaning);
}

template <class AnyOption>
std::string option_row(const AnyOption& option) {
    const auto name = option.placeholder.empty() ? fmt::format("--{}", option.name)
                                                 : fmt::format("--{} {}", option.name, option.placeholder);
    return row(name, option.help);
}

std::string row(const Parameter& parameter, const TaskType& type) {
    std::string meaning(parameter.help);
    if (parameter.is_required)
        meaning += " (must be given)";
    else if (parameter.visibility == Visibility::secret)
        meaning += " (secret)";
    else {
        const std::string value = parameter.write(type.defaults());
        meaning += fmt::format(" (default: {})", value.empty() ? "none" : value);
    }
    const std::string flag = "--" + dashed(parameter.name);
    return row(parameter.is_flag ? flag : fmt::format("{} {}", flag, parameter.example), meaning);
}

std::string_view operand_usage(const Command& command) {
    switch (command.operand) {
        case Operand::none:
            return "";
        case Operand::task:
            return " TASK [--parameter value ...]";
        case Operand::reference:
            return " ID | TASK [--parameter value ...]";
        case Operand::optional:
            return " [ID | TASK [--parameter value ...]]";
        case Operand::topic:
            return " [COMMAND | TASK]";
    }
    return "";
}

std::string options_of(const Command& command) {
    std::string text;
    for (const Option& option : all_options())
        if (accepts(command, option.name)) text += option_row(option);
    return text;
}

std::string_view kind_of(const TaskType& type) {
    switch (type.kind) {
        case TaskKind::wrapper:
            return "stands for all that it requires; has nothing to run itself";
        case TaskKind::external:
            return "is made by somebody else; only waited for";
        case TaskKind::task:
            return "";
    }
    return "";
}

}  // namespace

std::string help_on_program(const Program& program, const Registry& registry) {
    std::string text = fmt::format("{} {}{}{}\n\nusage: {} COMMAND [...]\n\ncommands:\n", program.name, program.version,
                                   program.summary.empty() ? "" : ": ", program.summary, program.name);
    for (const Command& command : all_commands()) text += row(command.name, command.help);
    for (const ProgramCommand& command : program.commands) text += row(command.name, command.help);
    text += fmt::format("\ntasks ('{} help TASK' shows their parameters):\n", program.name);
    for (const TaskType* type : registry.types()) text += row(type->family, kind_of(*type));
    text += "\noptions:\n" + option_row(option_named("help")) + option_row(option_named("version"));
    text += "\nexit status (the greatest that applies, but 75 only when it is the only reason):\n";
    for (const ExitStatusHelp& status : all_exit_statuses())
        text += row(fmt::format("{}", static_cast<int>(status.status)), status.meaning);
    text += fmt::format(
        "\nA parameter may also be given as FRESHET_TASK__PARAMETER in the environment, or in the section\n"
        "[TASK] of /etc/{0}/config.toml, ~/.config/{0}/config.toml or the file of --config; an option as\n"
        "FRESHET_RUN__OPTION or in [run]. '{0} config' shows what holds.\n",
        program.name);
    return text;
}

std::string help_on_command(const Program& program, const Command& command) {
    return fmt::format("usage: {} {}{} [OPTIONS]\n\n{}\n\noptions:\n{}", program.name, command.name,
                       operand_usage(command), command.help, options_of(command));
}

std::string help_on_command(const Program& program, const ProgramCommand& command) {
    std::string text = fmt::format("usage: {} {}{}{} [OPTIONS]\n\n{}\n\noptions:\n", program.name, command.name,
                                   command.operands.empty() ? "" : " ", command.operands, command.help);
    for (const CommandOption& option : command.options) text += option_row(option);
    return text + option_row(option_named("help"));
}

std::string help_on_task(const Program& program, const TaskType& type) {
    std::string text = fmt::format("usage: {} COMMAND {} [--parameter value ...]\n", program.name, type.family);
    if (type.kind != TaskKind::task) text += fmt::format("\n{} {}\n", type.family, kind_of(type));
    text += type.parameters.empty() ? "\nIt has no parameters.\n" : "\nparameters:\n";
    for (const Parameter& parameter : type.parameters) text += row(parameter, type);
    return text;
}

ExitStatus help_command(const CommandContext& context) {
    const ParsedArguments& parsed = context.parsed;
    std::ostream& out = context.cli.out;
    const auto commands = all_commands();
    const auto topic = std::ranges::find(commands, parsed.operand, &Command::name);
    if (parsed.type)
        out << help_on_task(context.program, *parsed.type);
    else if (topic != commands.end())
        out << help_on_command(context.program, *topic);
    else if (const ProgramCommand* program_command = find_program_command(context.program, parsed.operand))
        out << (program_command->task.empty()
                    ? help_on_command(context.program, *program_command)
                    : help_on_task(context.program, context.registry.find(program_command->task)));
    else if (parsed.command && parsed.command->operand == Operand::topic && !parsed.operand.empty()) {
        std::vector<std::string> topics;
        for (const Command& command : commands) topics.emplace_back(command.name);
        for (const ProgramCommand& command : context.program.commands) topics.push_back(command.name);
        for (const TaskType* type : context.registry.types()) topics.emplace_back(type->family);
        throw ParameterError(fmt::format("there is no command and no task called '{}'{}", parsed.operand,
                                         suggestion(parsed.operand, topics)));
    } else if (parsed.command && parsed.command->operand != Operand::topic)
        out << help_on_command(context.program, *parsed.command);
    else
        out << help_on_program(context.program, context.registry);
    return ExitStatus::complete;
}

}  // namespace freshet::run
