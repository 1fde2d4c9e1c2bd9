// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/operator_commands.hpp"

#include "app/arguments.hpp"
#include "app/places.hpp"
#include "app/token_file.hpp"
#include "base/settings.hpp"
#include "base/text.hpp"
#include "freshet/error.hpp"
#include "store/backup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace freshet::app {

namespace {

constexpr Option options[] = {
    {"state", "FILE", "the scheduler's state (default: where freshetd has it)"},
    {"file", "FILE", "the token's own file, made anew (default: the token is shown once)"},
    {"add-to", "FILE", "a file of tokens to which the line with the token's digest is added"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

struct Call {
    const Arguments& arguments;

    /// Throws ParameterError when there are not just these operands.
    const std::vector<std::string>& operands(std::size_t count, std::string_view usage) const {
        if (arguments.operands.size() != count + 1) throw ParameterError(fmt::format("usage: freshet {}", usage));
        return arguments.operands;
    }
    void takes(std::initializer_list<std::string_view> names) const {
        for (const auto& [name, value] : arguments.options)
            if (std::ranges::count(names, name) == 0)
                throw ParameterError(fmt::format("{}: takes no --{}", arguments.operands.front(), name));
    }
    std::filesystem::path state() const {
        if (const auto file = arguments.option("state")) return *file;
        return default_state(process_environment(), geteuid() == 0);
    }
};

std::string shown(const store::StateSummary& summary) {
    return fmt::format("schema {}, {} tasks, {} workers, {} attempts, {} events", summary.version, summary.tasks,
                       summary.workers, summary.attempts, summary.events);
}

void back_up(const Call& call) {
    call.takes({"state"});
    const std::string& copy = call.operands(1, "backup [--state FILE] COPY")[1];
    const auto summary = store::back_up_state(call.state(), copy);
    fmt::print("'{}' is backed up as '{}': {}\n", call.state().string(), copy, shown(summary));
}

void check(const Call& call) {
    call.takes({"state"});
    call.operands(0, "check-state [--state FILE]");
    fmt::print("'{}' is whole: {}\n", call.state().string(), shown(store::check_state(call.state())));
}

void make_token(const Call& call) {
    call.takes({"file", "add-to"});
    const auto& operands = call.operands(2, "token [--file FILE] [--add-to FILE] NAME ROLE[,ROLE...]");
    const NewToken token = new_token(operands[1], operands[2]);
    // First the token's own file: a line for a token that nobody has would be a riddle.
    if (const auto file = call.arguments.option("file")) write_token(*file, token);
    if (const auto file = call.arguments.option("add-to")) add_token_line(*file, token);
    if (!call.arguments.has("file")) fmt::print("token: {}\n", token.secret);
    if (!call.arguments.has("add-to")) fmt::print("line for --token-file: {}", token.line);
}

struct Command {
    std::string_view name;
    std::string_view help;
    void (*run)(const Call& call);
};

constexpr Command commands[] = {
    {"backup", "copy the state, also while freshetd runs; never overwrites", back_up},
    {"check-state", "read all of the state and say whether it is whole", check},
    {"token", "make a token for NAME with a ROLE: view, work or operate", make_token},
};

std::string help() {
    std::string text = fmt::format(
        "freshet {}: what operators of freshetd need besides\n\nusage: freshet COMMAND [...]\n\ncommands:\n",
        FRESHET_VERSION);
    for (const Command& command : commands) text += help_row(command.name, command.help);
    return text + "\noptions:\n" + help_on(options);
}

const Command& find_command(const std::string& name) {
    const auto found = std::ranges::find(commands, name, &Command::name);
    if (found != std::end(commands)) return *found;
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.name);
    throw ParameterError(fmt::format("there is no command '{}'{}", name, suggestion(name, names)));
}

}  // namespace

ExitCode run_operator_command(const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(options, words);
    if (arguments.has("version"))
        fmt::print("freshet {}\n", FRESHET_VERSION);
    else if (arguments.has("help") || arguments.operands.empty())
        fmt::print("{}", help());
    else
        find_command(arguments.operands.front()).run({arguments});
    return arguments.operands.empty() && arguments.options.empty() ? ExitCode::usage : ExitCode::done;
}

}  // namespace freshet::app
