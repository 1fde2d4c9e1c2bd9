// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/url_encoding.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "store/attempt_log.hpp"
#include "store/attempt_log_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>

namespace freshet::cli {

namespace {

using std::filesystem::path;

constexpr std::chrono::milliseconds follow_interval{200};

/// Where a log is written, and whether until its attempt ends.
struct LogOutput {
    std::ostream& out;
    bool follows;
};

/// Writes the lines of a log from where it stopped the last time.
class LogReader {
public:
    LogReader(const path& file, std::ostream& out) : file_(file), out_(out) {}

    void write_rest() {
        for (std::string line; std::getline(file_, line);) {
            if (file_.eof()) {  // not whole yet
                file_.seekg(-static_cast<std::streamoff>(line.size()), std::ios::end);
                break;
            }
            out_ << printable_line(line) << '\n';
        }
        file_.clear();
        out_.flush();
    }

private:
    std::ifstream file_;
    std::ostream& out_;
};

/// True while the attempt runs whose log it is.
bool is_locked(const path& log) {
    const FileDescriptor file = open_file(log, O_RDONLY);
    return ::flock(file.get(), LOCK_SH | LOCK_NB) != 0;
}

void write_log(const path& log, bool follows, std::ostream& out) {
    if (exists_at(store::older_part(log))) LogReader(store::older_part(log), out).write_rest();
    LogReader reader(log, out);
    for (;;) {
        const bool is_running = follows && is_locked(log);
        reader.write_rest();
        if (!is_running) return;
        std::this_thread::sleep_for(follow_interval);
    }
}

/// Writes the whole lines of the text, and leaves the rest in it.
void write_lines(std::string& text, std::ostream& out) {
    const auto end = text.rfind('\n') + 1;  // 0 without one
    std::istringstream lines(text.substr(0, end));
    for (std::string line; std::getline(lines, line);) out << printable_line(line) << '\n';
    text.erase(0, end);
    out.flush();
}

/// Writes the log that a freshetd has of an attempt, by default the last one; returns the attempt's number, 0 if there
/// is none.
int write_log_at(const SchedulerAccess& scheduler, const std::string& task_id, std::optional<int> attempt,
                 const LogOutput& output) {
    std::string text;
    for (std::int64_t offset = 0;;) {
        const auto part = scheduler.find_view(fmt::format("/task/{}/log?offset={}{}", percent_encoded(task_id), offset,
                                                          attempt ? fmt::format("&attempt={}", *attempt) : ""));
        if (!part) return 0;
        attempt = static_cast<int>(part->at("attempt").as_integer());
        if (const auto left_out = part->at("offset").as_integer() - offset; left_out > 0)
            text += fmt::format("... {} bytes are left out here\n", left_out);
        text += part->at("text").as_string();
        write_lines(text, output.out);
        offset = part->at("next_offset").as_integer();
        const bool is_at_end = offset == part->at("end").as_integer();
        const bool may_grow = output.follows && part->at("status") == Json(rpc::text(rpc::Status::running));
        if (is_at_end && !may_grow) break;
        if (is_at_end) std::this_thread::sleep_for(follow_interval);
    }
    if (!text.empty()) write_lines(text += '\n', output.out);
    return *attempt;
}

/// The same of the log beside the state.
int write_log_beside(const path& state, const std::string& task_id, std::optional<int> attempt,
                     const LogOutput& output) {
    const path folder = store::task_logs_folder(store::attempt_logs_folder(state), task_id);
    const int number = attempt.value_or(store::last_attempt_log(folder));
    const path log = store::attempt_log_path(folder, number);
    if (number == 0 || !exists_at(log)) return 0;
    write_log(log, output.follows, output.out);
    return number;
}

}  // namespace

ExitStatus logs_command(const CommandContext& context) {
    StateReader state(context);
    SchedulerAccess scheduler(context);
    const TaskLookup lookup = state.look_up_task(scheduler);
    const auto attempt = read_attempt(context.parsed);
    const bool is_json = context.parsed.has("json");
    // A worker of a configured scheduler keeps its logs beside its own state, too.
    const bool asks_scheduler =
        scheduler.is_remote() && (context.parsed.has("scheduler") || context.registry.types().empty());
    std::ostringstream text;
    const LogOutput output{.out = is_json ? text : context.cli.out, .follows = context.parsed.has("follow")};
    const int number = asks_scheduler ? write_log_at(scheduler, lookup.id, attempt, output)
                                      : write_log_beside(state.path(), lookup.id, attempt, output);
    if (is_json)
        context.cli.out << Json(Json::Object{{"task_id", lookup.id},
                                             {"task", lookup.name()},
                                             {"attempt", number == 0 ? Json() : Json(number)},
                                             {"log", text.str()}})
                               .pretty();
    else if (number == 0)
        context.cli.err << fmt::format("{}: no log of {} of {}: it has logged nothing, or its log was removed\n",
                                       context.program.name,
                                       attempt ? fmt::format("attempt {}", *attempt) : "any attempt", lookup.name());
    return ExitStatus::success;
}

}  // namespace freshet::cli
