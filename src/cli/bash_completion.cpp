// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <map>

namespace freshet::cli {

namespace {

std::string flags_of(const std::vector<CompletedOption>& options) {
    std::vector<std::string> flags;
    for (const CompletedOption& option : options) flags.push_back("--" + option.name);
    return joined(flags, " ");
}

/// What follows an option that takes a value, by the option; "" where the shell knows nothing.
std::map<std::string, std::string> value_completions(const CompletedProgram& program) {
    std::map<std::string, std::string> by_flag;
    const auto add = [&](const std::vector<CompletedOption>& options) {
        for (const CompletedOption& option : options) {
            if (option.placeholder.empty()) continue;
            const auto choices = option.choices();
            by_flag["--" + option.name] = option.is_file() ? R"(compgen -f -- "$current")"
                                          : choices.empty()
                                              ? ""
                                              : fmt::format(R"(compgen -W '{}' -- "$current")", joined(choices, " "));
        }
    };
    for (const CompletedFamily& family : program.families) add(family.parameters);
    for (const CompletedCommand& command : program.commands) add(command.options);
    return by_flag;
}

std::string values_case(const CompletedProgram& program) {
    std::string text = "    case $previous in\n";
    for (const auto& [flag, completion] : value_completions(program))
        text += completion.empty()
                    ? fmt::format("        {}) return ;;\n", flag)
                    : fmt::format("        {}) mapfile -t COMPREPLY < <({}); return ;;\n", flag, completion);
    return text + "    esac\n";
}

std::string commands_case(const CompletedProgram& program) {
    std::string text = "        case ${COMP_WORDS[1]} in\n";
    for (const CompletedCommand& command : program.commands)
        text += fmt::format("            {}) words='{}{}{}'{} ;;\n", command.name, joined(command.words, " "),
                            command.words.empty() ? "" : " ", flags_of(command.options),
                            command.takes_tasks && !program.families.empty() ? "\" $families\"" : "");
    return text + "        esac\n";
}

/// After the name of a family, its parameters.
std::string families_case(const CompletedProgram& program) {
    std::string text;
    for (const CompletedFamily& family : program.families)
        if (!family.parameters.empty())
            text += fmt::format("                {}) words+=' {}' ;;\n", family.name, flags_of(family.parameters));
    if (text.empty()) return text;
    return "        for word in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n            case $word in\n" + text +
           "            esac\n        done\n";
}

}  // namespace

std::string bash_completion(const CompletedProgram& program) {
    std::vector<std::string> commands, families;
    for (const CompletedCommand& command : program.commands) commands.push_back(command.name);
    for (const CompletedFamily& family : program.families) families.push_back(family.name);
    const std::string parameters = families_case(program);
    std::string text = fmt::format(
        "# shellcheck shell=bash\n# Completion of {0} for bash, written by '{0} completion bash'.\n{1}() {{\n"
        "    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words=''\n",
        program.name, program.function());
    if (!families.empty()) text += fmt::format("    local families='{}'\n", joined(families, " "));
    if (!parameters.empty()) text += "    local word\n";
    text += "    COMPREPLY=()\n" + values_case(program);
    text += fmt::format("    if ((COMP_CWORD == 1)); then\n        words='{} --help --version'\n    else\n",
                        joined(commands, " "));
    text += commands_case(program) + parameters + "    fi\n";
    text += "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n";
    return text + fmt::format("complete -F {} {}\n", program.function(), program.name);
}

}  // namespace freshet::cli
