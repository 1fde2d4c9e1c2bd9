// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "freshet/codec.hpp"
#include "operate/commands.hpp"
#include "operate/end_signal.hpp"
#include "operate/status.hpp"
#include "operate/text_table.hpp"
#include "worker/rpc_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

namespace freshet::operate {

namespace {

using cli::CommandContext;
using cli::SchedulerAccess;
using std::chrono::seconds;

seconds read_interval(const cli::ParsedCommand& parsed) {
    const auto text = parsed.option("interval");
    if (!text) return seconds(2);
    const auto interval = Codec<seconds>::read(*text);
    if (interval < seconds(1)) throw ParameterError(fmt::format("--interval: '{}' is less than a second", *text));
    return interval;
}

std::string cell(const cli::KnownTask& task, std::string_view name, std::string_view unit = "") {
    const Json* value = task.more.find(name);
    if (!value || value->is_null()) return "";
    return value->is_string() ? value->as_string() : fmt::format("{}{}", value->text(), unit);
}

/// The running tasks: since when, how far, what they say.
std::string running_text(SchedulerAccess& scheduler) {
    constexpr std::int64_t max_rows = 15;
    const Json answer = scheduler.query(rpc::TaskList{
        .status = std::string(rpc::text(rpc::Status::running)), .max_shown_tasks = max_rows, .cursor = 0});
    std::vector<std::vector<std::string>> rows;
    if (!answer.find("num_tasks"))
        for (const cli::KnownTask& task : cli::known_tasks(answer)) {
            const Json* since = task.more.find("time_running");
            rows.push_back({time_text(since ? *since : Json()), cell(task, "progress_percentage", " %"), task.name,
                            cell(task, "status_message")});
        }
    return rows.empty() ? "" : "\nrunning\n" + text_table(rows);
}

/// One look, with a connection or a copy of its own; an unreachable scheduler is looked for again.
std::string look(const CommandContext& context) {
    SchedulerAccess scheduler(context);
    try {
        const SchedulerStatus status = read_status(scheduler, context.cli.clock.now());
        if (context.parsed.has("json")) return json_of(status, scheduler).text() + '\n';
        return text_of(status, scheduler) + running_text(scheduler);
    } catch (const worker::UnavailableError& error) {
        if (context.parsed.has("json")) return Json(Json::Object{{"error", error.what()}}).text() + '\n';
        return printable_line(error.what()) + '\n';
    }
}

/// On a terminal each look takes the place of the last one.
void show(const std::string& text, const CommandContext& context) {
    constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";
    const bool is_on_terminal = context.cli.terminal_width > 0 && context.cli.terminal && !context.parsed.has("json");
    if (is_on_terminal)
        *context.cli.terminal << clear_screen << text << std::flush;
    else
        context.cli.out << text << std::flush;
}

}  // namespace

ExitStatus watch_command(const CommandContext& context) {
    constexpr int longest_share = 10;  // a large state is read for a tenth of the time at most
    const auto interval = read_interval(context.parsed);
    EndSignal end;
    for (;;) {
        const auto began = std::chrono::steady_clock::now();
        show(look(context), context);
        const auto took = std::chrono::steady_clock::now() - began;
        if (end.wait_for(std::max<std::chrono::steady_clock::duration>(interval, longest_share * took)))
            return ExitStatus::success;
    }
}

}  // namespace freshet::operate
