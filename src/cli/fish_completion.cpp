// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet::cli {

namespace {

std::string fish_quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') result += '\\';
        result += c;
    }
    return result + "'";
}

/// The options, offered after a word.
std::string lines_of(const CompletedProgram& program, const std::string& word,
                     const std::vector<CompletedOption>& options) {
    std::string text;
    for (const CompletedOption& option : options) {
        const auto choices = option.choices();
        const std::string value = option.placeholder.empty() ? ""
                                  : option.is_file()         ? " -r -F"
                                  : choices.empty()          ? " -x"
                                                    : fmt::format(" -x -a {}", fish_quoted(joined(choices, " ")));
        text += fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n", program.name, word,
                            option.name, value, fish_quoted(option.help));
    }
    return text;
}

}  // namespace

std::string fish_completion(const CompletedProgram& program) {
    std::string text = fmt::format("# Completion of {0} for fish, written by '{0} completion fish'.\n", program.name);
    std::vector<std::string> families;
    for (const CompletedFamily& family : program.families) families.push_back(family.name);
    text += fmt::format("complete -c {} -f\n", program.name);
    for (const CompletedCommand& command : program.commands) {
        text += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", program.name, command.name,
                            fish_quoted(command.help));
        text += lines_of(program, command.name, command.options);
        std::vector<std::string> words = command.words;
        if (command.takes_tasks) words.insert(words.end(), families.begin(), families.end());
        if (!words.empty())
            text += fmt::format("complete -c {} -n '__fish_seen_subcommand_from {}' -a {}\n", program.name,
                                command.name, fish_quoted(joined(words, " ")));
    }
    for (const CompletedFamily& family : program.families) text += lines_of(program, family.name, family.parameters);
    return text;
}

}  // namespace freshet::cli
