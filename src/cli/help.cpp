// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace freshet::cli {

namespace {

std::string parameter_row(const Parameter& parameter, const TaskType& type) {
    std::string meaning(parameter.help);
    if (parameter.is_required)
        meaning += " (required)";
    else if (parameter.visibility == Visibility::secret)
        meaning += " (secret)";
    else {
        const std::string value = parameter.write(type.defaults());
        meaning += fmt::format(" (default: {})", value.empty() ? "none" : value);
    }
    const std::string flag = "--" + dashed(parameter.name);
    return help_row(parameter.is_flag ? flag : fmt::format("{} {}", flag, parameter.example), meaning);
}

std::string options_of(const Command& command, const CommandTable& table) {
    std::string text;
    for (const Option& option : table.options)
        if (accepts(command, option.name)) text += help_row(option);
    return text;
}

std::string_view kind_of(const TaskType& type) {
    switch (type.kind) {
        case TaskKind::wrapper:
            return "wrapper: only groups its requirements";
        case TaskKind::external:
            return "external: made by another program, only waited for";
        case TaskKind::task:
            return "";
    }
    return "";
}

/// The tasks that a class of range.hpp requires.
std::string_view range_of(const TaskType& type) {
    if (type.family == "RangeDaily") return "the incomplete days of a task, up to now";
    if (type.family == "RangeHourly") return "the incomplete hours of a task, up to now";
    if (type.family == "RangeByMinutes") return "the incomplete minutes of a task, up to now";
    if (type.family == "RangeMonthly") return "the incomplete months of a task, up to now";
    return "all values of a task's date, time or integer";
}

std::string list_of_tasks(const Program& program, const Registry& registry) {
    std::string text = fmt::format("\ntasks ('{} help TASK' shows their parameters):\n", program.name);
    for (const TaskType* type : registry.types()) text += help_row(type->family, kind_of(*type));
    if (registry.ranges().empty()) return text;
    text += "\nranges (as --of TASK --start VALUE --stop VALUE; 'backfill' runs one behind other work):\n";
    for (const TaskType* type : registry.ranges()) text += help_row(type->family, range_of(*type));
    return text;
}

std::string list_of_exit_statuses(const CommandTable& table, const Registry& registry) {
    std::string text = registry.types().empty()
                           ? "\nexit status:\n"
                           : "\nexit status (the greatest that applies, but 36 only if no other does except 75, "
                             "and 75 only if no other does):\n";
    for (const run::ExitStatusHelp& status : exit_statuses(table, registry))
        text += help_row(fmt::format("{}", static_cast<int>(status.status)), status.meaning);
    return text;
}

/// The paragraph after an empty line, in lines that fit into a terminal; "" for an empty one.
std::string wrapped(const std::string& paragraph) {
    constexpr std::size_t width = 100;
    std::string text, line;
    for (const std::string& word : split(paragraph, ' ')) {
        if (!line.empty() && line.size() + 1 + word.size() > width) text += std::exchange(line, "") + '\n';
        line += (line.empty() ? "" : " ") + word;
    }
    return paragraph.empty() ? "" : '\n' + text + line + '\n';
}

/// Help on the program: commands, tasks, options, exit statuses.
std::string help_on_program(const Program& program, const Registry& registry, const CommandTable& table) {
    const bool has_tasks = !registry.types().empty();
    std::string text = fmt::format(
        "{0} {1}{2}{3}\n\nusage: {0} COMMAND [...]\n\ncommands ('{0} help COMMAND' shows "
        "their options):\n",
        program.name, program.version, program.summary.empty() ? "" : ": ", program.summary);
    for (const Command& command : table.commands) text += help_row(command.name, command.help);
    for (const ProgramCommand& command : program.commands) text += help_row(command.name, command.help);
    if (has_tasks) text += list_of_tasks(program, registry);
    text += "\noptions:\n" + help_row(option_named("help")) + help_row(option_named("version"));
    text += list_of_exit_statuses(table, registry);
    for (const std::string& paragraph : split(std::string(table.remarks), '\n')) text += wrapped(paragraph);
    if (!has_tasks) return text;
    text += fmt::format(
        "\nParameters can also be set in the environment as FRESHET_TASK__PARAMETER, or in the section [TASK]\n"
        "of /etc/{0}/config.toml, ~/.config/{0}/config.toml or the file of --config; for all tasks that have the\n"
        "parameter as FRESHET_DEFAULT__PARAMETER or in [DEFAULT]. They hold wherever a task is made without the\n"
        "value, also as a requirement, and so does --TASK-parameter VALUE on the command line, before them. ${{NAME}} "
        "in a\n"
        "file is a variable of the environment. Options can be set as FRESHET_RUN__OPTION or in [run]. The limits of\n"
        "resources are in [resources], as NAME = LIMIT; without one it is 1, and LIMIT/minute is a rate.\n"
        "'{0} config' shows the effective values.\n",
        program.name);
    return text;
}

/// Help on a built-in command with its options.
std::string help_on_command(const Program& program, const Command& command, const CommandTable& table) {
    return fmt::format("usage: {} {}{} [OPTIONS]\n\n{}\n\noptions:\n{}", program.name, command.name,
                       operand_usage(command), command.help, options_of(command, table));
}

/// Help on a task with its parameters.
std::string help_on_task(const Program& program, const TaskType& type) {
    std::string text = fmt::format("usage: {} COMMAND {} [--parameter value ...]\n", program.name, type.family);
    if (type.kind != TaskKind::task) text += fmt::format("\n{} is {}\n", type.family, kind_of(type));
    text += type.parameters.empty() ? "\nIt has no parameters.\n" : "\nparameters:\n";
    for (const Parameter& parameter : type.parameters) text += parameter_row(parameter, type);
    return text;
}

}  // namespace

std::string operand_usage(const Command& command) {
    switch (command.operand) {
        case Operand::none:
            return "";
        case Operand::task:
            return " TASK [--parameter value ...]";
        case Operand::reference:
            return " ID | TASK [--parameter value ...]";
        case Operand::optional:
            return " [ID | TASK [--parameter value ...]]";
        case Operand::action:
        case Operand::words:
            return fmt::format(" {}", command.usage);
        case Operand::topic:
            return " [COMMAND | TASK]";
    }
    return "";
}

std::vector<run::ExitStatusHelp> exit_statuses(const CommandTable& table, const Registry& registry) {
    const bool has_schedulers = table.commands.size() > 1;  // beside help
    std::vector<run::ExitStatusHelp> statuses;
    for (const run::ExitStatusHelp& status : run::all_exit_statuses()) {
        const bool can_end = status.scope == run::StatusScope::anything || !registry.types().empty() ||
                             (status.scope == run::StatusScope::schedulers && has_schedulers);
        if (can_end) statuses.push_back(status);
    }
    return statuses;
}

std::string help_on_command(const Program& program, const ProgramCommand& command) {
    std::string text = fmt::format("usage: {} {}{}{} [OPTIONS]\n\n{}\n\noptions:\n", program.name, command.name,
                                   command.operands.empty() ? "" : " ", command.operands, command.help);
    for (const CommandOption& option : command.options) {
        const std::string meaning = option.help + (option.is_required ? " (required)" : "");
        text += help_row(Option{option.name, option.placeholder, meaning});
    }
    if (has_parameters(command)) text += help_row(option_named("config"));
    return text + help_row(option_named("help"));
}

ExitStatus help_command(const CommandContext& context) {
    const ParsedCommand& parsed = context.parsed;
    std::ostream& out = context.cli.out;
    const Command* topic = context.table.find(parsed.operand);
    if (parsed.type)
        out << help_on_task(context.program, *parsed.type);
    else if (topic)
        out << help_on_command(context.program, *topic, context.table);
    else if (const ProgramCommand* program_command = find_program_command(context.program, parsed.operand))
        out << (program_command->task.empty()
                    ? help_on_command(context.program, *program_command)
                    : help_on_task(context.program, context.registry.find(program_command->task)));
    else if (parsed.command && parsed.command->operand == Operand::topic && !parsed.operand.empty()) {
        std::vector<std::string> topics;
        for (const Command& command : context.table.commands) topics.emplace_back(command.name);
        for (const ProgramCommand& command : context.program.commands) topics.push_back(command.name);
        for (const TaskType* type : context.registry.types()) topics.emplace_back(type->family);
        for (const TaskType* type : context.registry.ranges()) topics.emplace_back(type->family);
        throw ParameterError(
            fmt::format("unknown command or task '{}'{}", parsed.operand, suggestion(parsed.operand, topics)));
    } else if (parsed.command && parsed.command->operand != Operand::topic)
        out << help_on_command(context.program, *parsed.command, context.table);
    else
        out << help_on_program(context.program, context.registry, context.table);
    return ExitStatus::success;
}

}  // namespace freshet::cli
