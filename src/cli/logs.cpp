// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
#include "freshet/error.hpp"
#include "store/attempt_log.hpp"
#include "store/attempt_log_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <chrono>
#include <fstream>
#include <ostream>
#include <string>
#include <thread>

namespace freshet::cli {

namespace {

using std::filesystem::path;

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
        constexpr std::chrono::milliseconds poll_interval{200};
        std::this_thread::sleep_for(poll_interval);
    }
}

}  // namespace

ExitStatus logs_command(const CommandContext& context) {
    StateReader state(context);
    SchedulerAccess scheduler(context);
    if (scheduler.is_remote() && context.registry.types().empty())
        throw ParameterError("logs: --state FILE is required: logs are beside the state of the run or worker");
    const TaskLookup lookup = state.look_up_task(scheduler);
    const path folder = store::task_logs_folder(store::attempt_logs_folder(state.path()), lookup.id);
    const int number = read_attempt(context.parsed).value_or(store::last_attempt_log(folder));
    const path log = store::attempt_log_path(folder, number);
    if (number > 0 && exists_at(log))
        write_log(log, context.parsed.has("follow"), context.cli.out);
    else
        context.cli.err << fmt::format("{}: no log of {} of {}: it has logged nothing, or its log was removed\n",
                                       context.program.name,
                                       number > 0 ? fmt::format("attempt {}", number) : "any attempt", lookup.name());
    return ExitStatus::success;
}

}  // namespace freshet::cli
