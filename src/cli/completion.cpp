// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ostream>

namespace freshet::cli {

namespace {

bool is_literal(std::string_view word) {
    return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == word.npos;
}

/// The words of a usage that are typed as they stand: "list" and "resend" of "list | resend EVENT...".
std::vector<std::string> literal_words(std::string_view usage) {
    std::vector<std::string> words;
    for (const std::string& alternative : split(usage, '|')) {
        std::string word = split(std::string(trimmed(alternative)), ' ').front();
        std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
        if (is_literal(word)) words.push_back(std::move(word));
    }
    return words;
}

std::vector<CompletedOption> completed_options(const Command& command, const CommandTable& table) {
    std::vector<CompletedOption> options;
    for (const Option& option : table.options)
        if (accepts(command, option.name))
            options.push_back({std::string(option.name), std::string(option.placeholder), std::string(option.help)});
    return options;
}

std::vector<CompletedOption> completed_parameters(const TaskType& type) {
    std::vector<CompletedOption> parameters;
    for (const Parameter& parameter : type.parameters)
        parameters.push_back({dashed(parameter.name), parameter.is_flag ? "" : std::string(parameter.example),
                              std::string(parameter.help)});
    return parameters;
}

CompletedCommand completed(const Command& command, const CommandContext& context) {
    CompletedCommand result{.name = std::string(command.name),
                            .help = std::string(command.help),
                            .options = completed_options(command, context.table),
                            .words = literal_words(command.usage)};
    result.takes_tasks = command.operand == Operand::task || command.operand == Operand::reference ||
                         command.operand == Operand::optional || command.operand == Operand::topic;
    if (command.operand == Operand::topic)
        for (const Command& each : context.table.commands) result.words.emplace_back(each.name);
    return result;
}

CompletedCommand completed(const ProgramCommand& command, const CommandContext& context) {
    CompletedCommand result{.name = command.name, .help = command.help, .options = {}};
    for (const CommandOption& option : command.options)
        result.options.push_back({option.name, option.placeholder, option.help});
    if (!command.task.empty()) result.options = completed_parameters(context.registry.find(command.task));
    return result;
}

}  // namespace

bool CompletedOption::is_file() const {
    return placeholder == "FILE" || placeholder == "DIR" || placeholder == "FOLDER" || placeholder == "PATH";
}

std::vector<std::string> CompletedOption::choices() const {
    if (placeholder.find('|') == placeholder.npos) return {};
    return literal_words(placeholder);
}

std::string CompletedProgram::function() const {
    std::string text = "_" + name;
    std::ranges::replace_if(
        text, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return text;
}

CompletedProgram completed_program(const CommandContext& context) {
    CompletedProgram program{.name = context.program.name};
    for (const Command& command : context.table.commands)
        if (!find_program_command(context.program, command.name))
            program.commands.push_back(completed(command, context));
    for (const ProgramCommand& command : context.program.commands)
        program.commands.push_back(completed(command, context));
    for (const TaskType* type : context.registry.types())
        program.families.push_back({std::string(type->family), completed_parameters(*type)});
    return program;
}

ExitStatus completion_command(const CommandContext& context) {
    struct Shell {
        std::string_view name;
        std::string (*script)(const CompletedProgram& program);
    };
    constexpr std::array shells = {Shell{"bash", bash_completion}, Shell{"zsh", zsh_completion},
                                   Shell{"fish", fish_completion}};
    const auto found = std::ranges::find(shells, context.parsed.words.front(), &Shell::name);
    if (found == shells.end())
        throw ParameterError(
            fmt::format("completion: '{}' is none of bash, zsh and fish", context.parsed.words.front()));
    context.cli.out << found->script(completed_program(context));
    return ExitStatus::success;
}

}  // namespace freshet::cli
