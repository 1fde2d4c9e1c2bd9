// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::cli {

namespace {

std::string zsh_quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? R"('\'')" : std::string{c};
    return result + "'";
}

/// The text with a backslash before what _arguments heeds.
std::string zsh_escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view("[]:\\").find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

/// An argument of _arguments: '--state=[help]:FILE:_files'.
std::string zsh_argument(const CompletedOption& option) {
    const std::string help = zsh_escaped(option.help);
    if (option.placeholder.empty()) return zsh_quoted(fmt::format("--{}[{}]", option.name, help));
    const auto choices = option.choices();
    const std::string action = option.is_file()  ? "_files"
                               : choices.empty() ? " "
                                                 : fmt::format("({})", joined(choices, " "));
    return zsh_quoted(fmt::format("--{}=[{}]:{}:{}", option.name, help, zsh_escaped(option.placeholder), action));
}

std::string zsh_arguments(const std::vector<CompletedOption>& options, std::string_view indent) {
    std::string text;
    for (const CompletedOption& option : options) text += fmt::format("{}{}\n", indent, zsh_argument(option));
    return text;
}

std::string zsh_command_case(const CompletedCommand& command, const CompletedProgram& program) {
    std::vector<std::string> words = command.words;
    if (command.takes_tasks)
        for (const CompletedFamily& family : program.families) words.push_back(family.name);
    return fmt::format("        {})\n            arguments+=(\n{}                {})\n            ;;\n", command.name,
                       zsh_arguments(command.options, "                "),
                       words.empty() ? "'*: :_files'" : fmt::format("'*: :({})'", joined(words, " ")));
}

std::string zsh_families_case(const CompletedProgram& program) {
    std::string text;
    for (const CompletedFamily& family : program.families)
        if (!family.parameters.empty())
            text += fmt::format("            {}) arguments+=(\n{}            ) ;;\n", family.name,
                                zsh_arguments(family.parameters, "                "));
    if (text.empty()) return text;
    return "    for word in \"${words[@]:2}\"; do\n        case $word in\n" + text + "        esac\n    done\n";
}

}  // namespace

std::string zsh_completion(const CompletedProgram& program) {
    const std::string function = program.function();
    std::string text = fmt::format(
        "#compdef {0}\n# Completion of {0} for zsh, written by '{0} completion zsh'.\n{1}() {{\n"
        "    local word\n    local -a commands arguments\n    commands=(\n",
        program.name, function);
    for (const CompletedCommand& command : program.commands)
        text += fmt::format("        {}\n", zsh_quoted(command.name + ":" + command.help));
    text +=
        "    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n    fi\n"
        "    case ${words[2]} in\n";
    for (const CompletedCommand& command : program.commands) text += zsh_command_case(command, program);
    text += "    esac\n" + zsh_families_case(program);
    text += "    shift words\n    ((CURRENT--))\n    _arguments \"${arguments[@]}\"\n}\n";
    return text +
           fmt::format("if [[ ${{funcstack[1]}} == {0} ]]; then\n    {0} \"$@\"\nelse\n    compdef {0} {1}\nfi\n",
                       function, program.name);
}

}  // namespace freshet::cli
