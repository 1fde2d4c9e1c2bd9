// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_commands.hpp"

#include "api/tokens.hpp"
#include "base/config.hpp"
#include "base/files.hpp"
#include "cli/arguments.hpp"
#include "daemon/autoscale.hpp"
#include "daemon/daemon_config.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "store/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace freshet::daemon {

namespace {

void write_owner_only(const std::filesystem::path& path, int flags, std::string_view text) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("write token to", path, errno);
    write_all(file, text, path);
}

bool lacks_final_newline(const std::string& text) { return !text.empty() && !text.ends_with('\n'); }

constexpr cli::Option admin_options[] = {
    {"state", "FILE", "state file of the scheduler (default: that of freshetd)"},
    {"file", "FILE", "write the token to this new file (default: print it)"},
    {"add-to", "FILE", "append the line with the digest to this token file (default: print it)"},
    {"scheduler", "URL", "freshetd whose queue counts"},
    {"token-file", "FILE", "file with the token for it, of any role (default: FRESHET_TOKEN)"},
    {"families", "A,B", "families whose tasks count, and which PROGRAM serves (default: all)"},
    {"command", "COMMAND", "start a worker by this one command of a shell, which lives as long as the worker does"},
    {"max", "N", "workers at most"},
    {"min", "N", "workers at least (default: 0)"},
    {"tasks-per-worker", "N", "one worker for so many ready or running tasks (default: 10)"},
    {"longest-wait", "DURATION", "one worker more when a ready task waits for longer (default: 60)"},
    {"cooldown", "DURATION", "stop workers that were not needed for so long (default: 5m)"},
    {"interval", "DURATION", "time between two looks at the queue (default: 5)"},
    {"json", "", "log each decision as a JSON object"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

struct CommandContext {
    const cli::Arguments& arguments;
    std::string_view usage;

    /// The operands after the command. Throws ParameterError when their number is not `count`.
    std::vector<std::string> operands(std::size_t count) const {
        if (arguments.operands.size() != count + 1) throw ParameterError(fmt::format("usage: freshet {}", usage));
        return {arguments.operands.begin() + 1, arguments.operands.end()};
    }
    void allow_only(std::initializer_list<std::string_view> names) const {
        for (const auto& [name, value] : arguments.options)
            if (std::ranges::count(names, name) == 0)
                throw ParameterError(
                    fmt::format("{}: --{} is not an option of this command", arguments.operands.front(), name));
    }
    std::filesystem::path state() const {
        if (const auto file = arguments.option("state")) return *file;
        return default_state(process_environment(), geteuid() == 0);
    }
};

std::string format_summary(const store::StateSummary& summary) {
    return fmt::format("schema {}, {} tasks, {} workers, {} attempts, {} events{}", summary.version, summary.tasks,
                       summary.workers, summary.attempts, summary.events,
                       summary.has_checksums ? "" : "; without checksums until the next start");
}

void back_up(const CommandContext& context) {
    context.allow_only({"state"});
    const std::string copy = context.operands(1)[0];
    const auto summary = store::back_up_state(context.state(), copy);
    fmt::print("backed up '{}' to '{}': {}\n", context.state().string(), copy, format_summary(summary));
}

void restore(const CommandContext& context) {
    context.allow_only({"state"});
    const std::string copy = context.operands(1)[0];
    const auto state = context.state();
    const auto done = store::restore_state(copy, state, store::this_process("freshet restore", SystemClock().now()));
    fmt::print("restored '{}' from '{}': {}\n", state.string(), copy, format_summary(done.summary));
    if (done.replaced) fmt::print("the previous state is in '{}'\n", done.replaced->string());
}

void check(const CommandContext& context) {
    context.allow_only({"state"});
    context.operands(0);
    fmt::print("'{}' is intact: {}\n", context.state().string(), format_summary(store::check_state(context.state())));
}

void make_token(const CommandContext& context) {
    context.allow_only({"file", "add-to"});
    const auto operands = context.operands(2);
    const NewToken token = new_token(operands[0], operands[1]);
    // The secret first: a line without its secret would be useless.
    if (const auto file = context.arguments.option("file")) write_token(*file, token);
    if (const auto file = context.arguments.option("add-to")) add_token_line(*file, token);
    if (!context.arguments.has("file")) fmt::print("token: {}\n", token.secret);
    if (!context.arguments.has("add-to")) fmt::print("line for --token-file: {}", token.line);
}

void run_autoscale(const CommandContext& context) {
    context.allow_only({"scheduler", "token-file", "families", "command", "max", "min", "tasks-per-worker",
                        "longest-wait", "cooldown", "interval", "json"});
    autoscale(read_autoscale_config(context.arguments));
}

struct Command {
    std::string_view usage;
    std::string_view help;
    void (*run)(const CommandContext& context);

    std::string_view name() const { return usage.substr(0, usage.find(' ')); }
};

constexpr Command commands[] = {
    {"backup [--state FILE] COPY", "back up the state, also while freshetd runs; never overwrites", back_up},
    {"restore [--state FILE] COPY", "replace the state by a backup, while freshetd is stopped", restore},
    {"check-state [--state FILE]", "read the whole state and check its integrity", check},
    {"token [--file FILE] [--add-to FILE] NAME ROLE[,ROLE...]", "create a token; roles are view, work and operate",
     make_token},
    {"autoscale --scheduler URL --max N [...] PROGRAM",
     "start and stop workers of the program, or of --command, as the queue of a freshetd wants", run_autoscale},
};

std::string help() {
    std::string text = fmt::format(
        "freshet {}: administration of freshetd\n\nusage: freshet COMMAND [...]\n\ncommands:\n", FRESHET_VERSION);
    for (const Command& command : commands) text += cli::help_row(command.usage, command.help);
    return text + "\noptions:\n" + cli::help_on(admin_options);
}

const Command& find_command(const std::string& name) {
    const auto found = std::ranges::find(commands, name, &Command::name);
    if (found != std::end(commands)) return *found;
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.name());
    throw ParameterError(fmt::format("unknown command '{}'{}", name, suggestion(name, names)));
}

void run_command(const cli::Arguments& arguments) {
    const Command& command = find_command(arguments.operands.front());
    command.run({arguments, command.usage});
}

}  // namespace

NewToken new_token(const std::string& name, const std::string& roles) {
    std::string secret = api::new_token();
    std::string line = api::token_line(name, roles, secret);
    return {.secret = std::move(secret), .line = std::move(line)};
}

void write_token(const std::filesystem::path& file, const NewToken& token) {
    write_owner_only(file, O_EXCL, token.secret + "\n");
}

void add_token_line(const std::filesystem::path& file, const NewToken& token) {
    const bool needs_newline = exists_at(file) && lacks_final_newline(read_file(file));
    write_owner_only(file, O_APPEND, (needs_newline ? "\n" : "") + token.line);
}

ExitStatus run_admin_command(const std::vector<std::string>& raw_arguments) {
    const cli::Arguments arguments = cli::parse_arguments(admin_options, raw_arguments, cli::Repetition::last_wins);
    if (arguments.has("version"))
        fmt::print("freshet {}\n", FRESHET_VERSION);
    else if (arguments.has("help") || arguments.operands.empty())
        fmt::print("{}", help());
    else
        run_command(arguments);
    return arguments.operands.empty() && arguments.options.empty() ? ExitStatus::usage : ExitStatus::success;
}

}  // namespace freshet::daemon
