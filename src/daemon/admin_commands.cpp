// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_commands.hpp"

#include "api/tokens.hpp"
#include "base/files.hpp"
#include "daemon/autoscale.hpp"
#include "daemon/daemon_config.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "store/backup.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ostream>

namespace freshet::daemon {

namespace {

void write_owner_only(const std::filesystem::path& path, int flags, std::string_view text) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("write token to", path, errno);
    write_all(file, text, path);
}

bool lacks_final_newline(const std::string& text) { return !text.empty() && !text.ends_with('\n'); }

std::filesystem::path state_of(const cli::CommandContext& context) {
    if (const auto file = context.parsed.option("state")) return *file;
    return default_state(context.cli.environment, geteuid() == 0);
}

std::string format_summary(const store::StateSummary& summary) {
    return fmt::format("schema {}, {} tasks, {} workers, {} attempts, {} events{}", summary.version, summary.tasks,
                       summary.workers, summary.attempts, summary.events,
                       summary.has_checksums ? "" : "; without checksums until the next start");
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

ExitStatus backup_command(const cli::CommandContext& context) {
    const auto state = state_of(context);
    const std::string& copy = context.parsed.words[0];
    const auto summary = store::back_up_state(state, copy);
    context.cli.out << fmt::format("backed up '{}' to '{}': {}\n", state.string(), copy, format_summary(summary));
    return ExitStatus::success;
}

ExitStatus restore_command(const cli::CommandContext& context) {
    const auto state = state_of(context);
    const std::string& copy = context.parsed.words[0];
    const auto done = store::restore_state(copy, state, store::this_process("freshet restore", SystemClock().now()));
    context.cli.out << fmt::format("restored '{}' from '{}': {}\n", state.string(), copy, format_summary(done.summary));
    if (done.replaced) context.cli.out << fmt::format("the previous state is in '{}'\n", done.replaced->string());
    return ExitStatus::success;
}

ExitStatus check_state_command(const cli::CommandContext& context) {
    const auto state = state_of(context);
    context.cli.out << fmt::format("'{}' is intact: {}\n", state.string(), format_summary(store::check_state(state)));
    return ExitStatus::success;
}

ExitStatus token_command(const cli::CommandContext& context) {
    const cli::ParsedCommand& parsed = context.parsed;
    const NewToken token = new_token(parsed.words[0], parsed.words[1]);
    // The secret first: a line without its secret would be useless.
    if (const auto file = parsed.option("file")) write_token(*file, token);
    if (const auto file = parsed.option("add-to")) add_token_line(*file, token);
    if (!parsed.has("file")) context.cli.out << fmt::format("token: {}\n", token.secret);
    if (!parsed.has("add-to")) context.cli.out << fmt::format("line for --token-file: {}", token.line);
    return ExitStatus::success;
}

ExitStatus autoscale_command(const cli::CommandContext& context) {
    return autoscale(read_autoscale_config(context.parsed, context.cli.environment));
}

}  // namespace freshet::daemon
