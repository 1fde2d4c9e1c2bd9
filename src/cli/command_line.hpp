// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_table.hpp"
#include "freshet/clock.hpp"
#include "freshet/command_line.hpp"
#include "freshet/exit_status.hpp"

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

class ProcessArguments;

/// The process environment of a command: streams, clock, variables, terminal.
struct CliContext {
    std::ostream& out;  ///< for results
    std::ostream& err;  ///< for errors
    const Clock& clock;
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
    int terminal_width = 0;              ///< columns of `err`; 0: not a terminal
    bool is_utf8 = false;                ///< `out` may get more than ASCII
    std::ostream* terminal = nullptr;    ///< `err` unfiltered, for the log and the progress line; null: `err`
    bool owns_standard_streams = false;  ///< `out` and `err` are this process's own, and may be captured
    ProcessArguments* process_arguments = nullptr;  ///< null: not to be changed
};

/// The context of this process with these streams; finds out whether `err` is a terminal.
CliContext make_cli_context(std::ostream& out, std::ostream& err, const Clock& clock);

/// A parsed built-in command and all that it works with.
struct CommandContext {
    const Program& program;
    const Registry& registry;
    const CommandTable& table;
    const ParsedCommand& parsed;
    const Config& config;
    CliContext& cli;
};

/// The command as typed, without secrets.
std::string command_text(const CommandContext& context);

// The built-in commands.
ExitStatus run_command(const CommandContext& context);
ExitStatus backfill_command(const CommandContext& context);
ExitStatus work_command(const CommandContext& context);
ExitStatus plan_command(const CommandContext& context);
ExitStatus tree_command(const CommandContext& context);
ExitStatus why_command(const CommandContext& context);
ExitStatus invalidate_command(const CommandContext& context);
ExitStatus verify_command(const CommandContext& context);
ExitStatus list_command(const CommandContext& context);
ExitStatus history_command(const CommandContext& context);
ExitStatus logs_command(const CommandContext& context);
ExitStatus deliver_command(const CommandContext& context);
ExitStatus events_command(const CommandContext& context);
ExitStatus config_command(const CommandContext& context);
ExitStatus page_command(const CommandContext& context);
ExitStatus completion_command(const CommandContext& context);
ExitStatus help_command(const CommandContext& context);

/// The program's own command with that name, or nullptr.
const ProgramCommand* find_program_command(const Program& program, std::string_view name);

/// Returns whether one of the command's options is a parameter, so that it reads the configuration.
bool has_parameters(const ProgramCommand& command);

/// The help on one of the program's own commands.
std::string help_on_command(const Program& program, const ProgramCommand& command);

/// Runs a program with the arguments after its name and returns its exit status; reports errors on `cli.err`.
/// The commands write to `cli.out` and `cli.err` through a PrintableStream.
int run_program(const Program& program, const Registry& registry, const std::vector<std::string>& arguments,
                CliContext& cli);
/// The same with other commands than those of a pipeline.
int run_program(const Program& program, const Registry& registry, const CommandTable& table,
                const std::vector<std::string>& arguments, CliContext& cli);

}  // namespace freshet::cli
