// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/help.hpp"

#include "freshet/error.hpp"
#include "run/commands.hpp"
#include "run/own_command.hpp"

#include "base/text.hpp"

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

std::string_view subject_of(const Command& command) {
    switch (command.subject) {
        case Subject::none:
            return "";
        case Subject::task:
            return " TASK [--parameter value ...]";
        case Subject::reference:
            return " ID | TASK [--parameter value ...]";
        case Subject::optional:
            return " [ID | TASK [--parameter value ...]]";
        case Subject::topic:
            return " [COMMAND | TASK]";
    }
    return "";
}

std::string options_of(const Command& command) {
    std::string text;
    for (const Option& option : all_options())
        if (takes(command, option.name)) text += option_row(option);
    return text;
}

std::string_view kind_of(const TaskType& type) {
    switch (type.kind) {
        case Kind::wrapper:
            return "stands for all that it requires; has nothing to run itself";
        case Kind::external:
            return "is made by somebody else; only waited for";
        case Kind::task:
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
    for (const StatusHelp& status : all_statuses())
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
                       subject_of(command), command.help, options_of(command));
}

std::string help_on_command(const Program& program, const ProgramCommand& command) {
    std::string text = fmt::format("usage: {} {}{}{} [OPTIONS]\n\n{}\n\noptions:\n", program.name, command.name,
                                   command.operands.empty() ? "" : " ", command.operands, command.help);
    for (const CommandOption& option : command.options) text += option_row(option);
    return text + option_row(option_named("help"));
}

std::string help_on_task(const Program& program, const TaskType& type) {
    std::string text = fmt::format("usage: {} COMMAND {} [--parameter value ...]\n", program.name, type.family);
    if (type.kind != Kind::task) text += fmt::format("\n{} {}\n", type.family, kind_of(type));
    text += type.parameters.empty() ? "\nIt has no parameters.\n" : "\nparameters:\n";
    for (const Parameter& parameter : type.parameters) text += row(parameter, type);
    return text;
}

Status help_command(const Call& call) {
    const Invocation& asked = call.invocation;
    std::ostream& out = call.world.out;
    const auto commands = all_commands();
    const auto topic = std::ranges::find(commands, asked.subject, &Command::name);
    if (asked.type)
        out << help_on_task(call.program, *asked.type);
    else if (topic != commands.end())
        out << help_on_command(call.program, *topic);
    else if (const ProgramCommand* own = find_own_command(call.program, asked.subject))
        out << (own->task.empty() ? help_on_command(call.program, *own)
                                  : help_on_task(call.program, call.registry.find(own->task)));
    else if (asked.command && asked.command->subject == Subject::topic && !asked.subject.empty()) {
        std::vector<std::string> topics;
        for (const Command& command : commands) topics.emplace_back(command.name);
        for (const ProgramCommand& command : call.program.commands) topics.push_back(command.name);
        for (const TaskType* type : call.registry.types()) topics.emplace_back(type->family);
        throw ParameterError(fmt::format("there is no command and no task called '{}'{}", asked.subject,
                                         suggestion(asked.subject, topics)));
    } else if (asked.command && asked.command->subject != Subject::topic)
        out << help_on_command(call.program, *asked.command);
    else
        out << help_on_program(call.program, call.registry);
    return Status::complete;
}

}  // namespace freshet::run
