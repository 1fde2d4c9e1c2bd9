// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Scripts with which shells complete the command line of a program, made of the table of its commands.
namespace freshet::cli {

/// An option of a command or a parameter of a task.
struct CompletedOption {
    std::string name;         ///< without the dashes
    std::string placeholder;  ///< of its value; "" for a flag
    std::string help;

    bool is_file() const;
    /// The values of "plain|json"; none for any other placeholder.
    std::vector<std::string> choices() const;
};

struct CompletedCommand {
    std::string name;
    std::string help;
    std::vector<CompletedOption> options;
    std::vector<std::string> words{};  ///< that may follow it
    bool takes_tasks = false;          ///< so may the families
};

struct CompletedFamily {
    std::string name;
    std::vector<CompletedOption> parameters;
};

/// All that is completed.
struct CompletedProgram {
    std::string name;
    std::vector<CompletedCommand> commands{};
    std::vector<CompletedFamily> families{};

    /// A name for functions of the shell: "_gfs_simulator".
    std::string function() const;
};

CompletedProgram completed_program(const CommandContext& context);

std::string bash_completion(const CompletedProgram& program);
std::string zsh_completion(const CompletedProgram& program);
std::string fish_completion(const CompletedProgram& program);

}  // namespace freshet::cli
