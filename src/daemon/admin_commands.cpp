// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_commands.hpp"

#include "base/config.hpp"
#include "daemon/arguments.hpp"
#include "daemon/places.hpp"
#include "daemon/token_file.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "store/backup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace freshet::daemon {

namespace {

constexpr Option options[] = {
    {"state", "FILE", "the scheduler's state (default: where freshetd has it)"},
    {"file", "FILE", "the token's own file, made anew (default: the token is shown once)"},
    {"add-to", "FILE", "a file of tokens to which the line with the token's digest is added"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

struct CommandContext {
    const Arguments& arguments;
    std::string_view usage;

    /// What follows the command's name. Throws ParameterError when there are not so many.
    std::vector<std::string> operands(std::size_t count) const {
        if (arguments.operands.size() != count + 1) throw ParameterError(fmt::format("usage: freshet {}", usage));
        return {arguments.operands.begin() + 1, arguments.operands.end()};
    }
    void allow_only(std::initializer_list<std::string_view> names) const {
        for (const auto& [name, value] : arguments.options)
            if (std::ranges::count(names, name) == 0)
                throw ParameterError(fmt::format("{}: takes no --{}", arguments.operands.front(), name));
    }
    std::filesystem::path state() const {
        if (const auto file = arguments.option("state")) return *file;
        return default_state(process_environment(), geteuid() == 0);
    }
};

std::string format_summary(const store::StateSummary& summary) {
    return fmt::format("schema {}, {} tasks, {} workers, {} attempts, {} events", summary.version, summary.tasks,
                       summary.workers, summary.attempts, summary.events);
}

void back_up(const CommandContext& context) {
    context.allow_only({"state"});
    const std::string copy = context.operands(1)[0];
    const auto summary = store::back_up_state(context.state(), copy);
    fmt::print("'{}' is backed up as '{}': {}\n", context.state().string(), copy, format_summary(summary));
}

void restore(const CommandContext& context) {
    context.allow_only({"state"});
    const std::string copy = context.operands(1)[0];
    const auto state = context.state();
    const auto done = store::restore_state(copy, state, store::this_process("freshet restore", SystemClock().now()));
    fmt::print("'{}' is restored from '{}': {}\n", state.string(), copy, format_summary(done.summary));
    if (done.replaced) fmt::print("what was there is in '{}'\n", done.replaced->string());
}

void check(const CommandContext& context) {
    context.allow_only({"state"});
    context.operands(0);
    fmt::print("'{}' is whole: {}\n", context.state().string(), format_summary(store::check_state(context.state())));
}

void make_token(const CommandContext& context) {
    context.allow_only({"file", "add-to"});
    const auto operands = context.operands(2);
    const NewToken token = new_token(operands[0], operands[1]);
    // First the token's own file: a line for a token that nobody has would be a riddle.
    if (const auto file = context.arguments.option("file")) write_token(*file, token);
    if (const auto file = context.arguments.option("add-to")) add_token_line(*file, token);
    if (!context.arguments.has("file")) fmt::print("token: {}\n", token.secret);
    if (!context.arguments.has("add-to")) fmt::print("line for --token-file: {}", token.line);
}

struct Command {
    std::string_view usage;
    std::string_view help;
    void (*run)(const CommandContext& context);

    std::string_view name() const { return usage.substr(0, usage.find(' ')); }
};

constexpr Command commands[] = {
    {"backup [--state FILE] COPY", "copy the state, also while freshetd runs; never overwrites", back_up},
    {"restore [--state FILE] COPY", "put a copy in the place of the state, while freshetd does not run", restore},
    {"check-state [--state FILE]", "read all of the state and say whether it is whole", check},
    {"token [--file FILE] [--add-to FILE] NAME ROLE[,ROLE...]", "make a token; roles are view, work and operate",
     make_token},
};

std::string help() {
    std::string text = fmt::format(
        "freshet {}: what operators of freshetd need besides\n\nusage: freshet COMMAND [...]\n\ncommands:\n",
        FRESHET_VERSION);
    for (const Command& command : commands) text += help_row(command.usage, command.help);
    return text + "\noptions:\n" + help_on(options);
}

const Command& find_command(const std::string& name) {
    const auto found = std::ranges::find(commands, name, &Command::name);
    if (found != std::end(commands)) return *found;
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.name());
    throw ParameterError(fmt::format("there is no command '{}'{}", name, suggestion(name, names)));
}

void run_command(const Arguments& arguments) {
    const Command& command = find_command(arguments.operands.front());
    command.run({arguments, command.usage});
}

}  // namespace

ExitStatus run_admin_command(const std::vector<std::string>& raw_arguments) {
    const Arguments arguments = parse_arguments(options, raw_arguments);
    if (arguments.has("version"))
        fmt::print("freshet {}\n", FRESHET_VERSION);
    else if (arguments.has("help") || arguments.operands.empty())
        fmt::print("{}", help());
    else
        run_command(arguments);
    return arguments.operands.empty() && arguments.options.empty() ? ExitStatus::usage : ExitStatus::done;
}

}  // namespace freshet::daemon
