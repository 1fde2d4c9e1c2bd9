// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/operator_tool.hpp"

#include "base/signals.hpp"
#include "cli/process_arguments.hpp"
#include "daemon/admin_commands.hpp"
#include "operate/commands.hpp"
#include "process/init_process.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace freshet::daemon {

namespace {

using cli::Command;
using cli::Operand;

constexpr cli::Option option_rows[] = {
    {"state", "FILE", "state file of a pipeline or of freshetd, instead of a scheduler", true},
    {"scheduler", "URL", "freshetd (default: FRESHET_SCHEDULER, else http://127.0.0.1:8082)", true},
    {"token-file", "FILE", "file with the token for it (default: FRESHET_TOKEN)", true},
    {"json", "", "write JSON instead of text"},
    {"status", "STATE", "only tasks in this state: PENDING, RUNNING, DONE, FAILED, DISABLED or UNKNOWN"},
    {"worker", "WORKER", "only tasks that this worker runs, or ran last"},
    {"search", "TEXT", "only tasks whose names have each of these words"},
    {"error", "TEXT", "only tasks whose last error has this text"},
    {"last", "N", "show at most the last N (default: 20)"},
    {"attempt", "N", "of attempt N (default: the last one that logged something)"},
    {"follow", "", "wait for more until the attempt ends"},
    {"port", "N", "listen there (default: any free port)"},
    {"limit", "N", "show at most N (default: 20)"},
    {"family", "FAMILY", "all tasks of this family, of which it can be"},
    {"all", "", "all tasks of the family with these values of parameters"},
    {"dry-run", "", "only tell which tasks"},
    {"file", "FILE", "write the token to this new file (default: print it)"},
    {"add-to", "FILE", "append the line with the digest to this token file (default: print it)"},
    {"downstream", "", "also the DONE tasks that require it"},
    {"families", "A,B", "families whose tasks count, and which PROGRAM serves (default: all)"},
    {"command", "COMMAND", "start a worker by this one command of a shell, which lives as long as the worker does"},
    {"max", "N", "workers at most"},
    {"min", "N", "workers at least (default: 0)"},
    {"tasks-per-worker", "N", "one worker for so many ready or running tasks (default: 10)"},
    {"longest-wait", "DURATION", "one worker more when a ready task waits for longer (default: 60)"},
    {"cooldown", "DURATION", "stop workers that were not needed for so long (default: 5m)"},
    {"interval", "DURATION", "time between two looks at the scheduler (default: 5, of watch 2)"},
    {"config", "FILE", "additional configuration file, overrides the default ones"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

constexpr Command command_rows[] = {
    {"status",
     Operand::none,
     "tell how many tasks are in which state, and which failed and why",
     {"scheduler", "token-file", "state", "json"},
     operate::status_command},
    {"tasks",
     Operand::optional,
     "list tasks with their state",
     {"status", "worker", "search", "error", "limit", "scheduler", "token-file", "state", "json"},
     operate::tasks_command},
    {"why",
     Operand::reference,
     "explain why a task ran, did not run or is waiting",
     {"scheduler", "token-file", "state", "json"},
     cli::why_command},
    {"retry",
     Operand::optional,
     "run a task that is FAILED or DISABLED again, without waiting, or all of a --family, or --all that TASK names",
     {"family", "all", "status", "error", "dry-run", "scheduler", "token-file", "state", "json"},
     operate::retry_command},
    {"acknowledge",
     Operand::optional,
     "take note of failures: they need no attention unless the task fails again",
     {"family", "scheduler", "token-file", "state", "json"},
     operate::acknowledge_command},
    {"done",
     Operand::reference,
     "mark a task as done, whether or not its output is there",
     {"scheduler", "token-file", "state", "json"},
     operate::done_command},
    {"cancel",
     Operand::reference,
     "end the attempt of a RUNNING task, which is not retried by itself",
     {"scheduler", "token-file", "state", "json"},
     operate::cancel_command},
    {"rerun",
     Operand::reference,
     "have a worker move the outputs of a DONE task aside and make them again",
     {"downstream", "scheduler", "token-file", "state", "json"},
     operate::rerun_command},
    {"pause",
     Operand::none,
     "start no more tasks",
     {"scheduler", "token-file", "state", "json"},
     operate::pause_command},
    {"unpause",
     Operand::none,
     "start tasks again",
     {"scheduler", "token-file", "state", "json"},
     operate::unpause_command},
    {"workers",
     Operand::action,
     "list the workers, give one no more tasks, or have it run N at once",
     {"scheduler", "token-file", "state", "json"},
     operate::workers_command,
     "[drain WORKER | resize WORKER N]"},
    {"resources",
     Operand::action,
     "list the limits of resources and what is used, or set one",
     {"scheduler", "token-file", "state", "json"},
     operate::resources_command,
     "[set NAME LIMIT]"},
    {"runs",
     Operand::none,
     "list the last runs of pipelines on the state, or the starts of the freshetd",
     {"last", "scheduler", "token-file", "state", "json"},
     cli::history_command},
    {"history",
     Operand::reference,
     "list the attempts at a task; without one, the runs",
     {"last", "scheduler", "token-file", "state", "json"},
     cli::history_command},
    {"logs",
     Operand::reference,
     "show what the last attempt at a task logged, and its process printed",
     {"attempt", "follow", "scheduler", "token-file", "state", "json"},
     cli::logs_command},
    {"watch",
     Operand::none,
     "show the status and what runs, again and again, until SIGINT",
     {"interval", "scheduler", "token-file", "state", "json"},
     operate::watch_command},
    {"page",
     Operand::none,
     "show the state of --state on pages of this machine, as those of freshetd, until SIGINT",
     {"state", "port"},
     operate::page_command},
    {"backup",
     Operand::words,
     "back up the state of freshetd, also while it runs; never overwrites",
     {"state"},
     backup_command,
     "COPY"},
    {"restore",
     Operand::words,
     "replace the state of freshetd by a backup, while it is stopped",
     {"state"},
     restore_command,
     "COPY"},
    {"check-state", Operand::words, "read the whole state and check its integrity", {"state"}, check_state_command},
    {"token",
     Operand::words,
     "create a token; roles are view, work and operate",
     {"file", "add-to"},
     token_command,
     "NAME ROLE[,ROLE...]"},
    {"autoscale",
     Operand::words,
     "start and stop workers of the program, or of --command, as the queue of a freshetd wants",
     {"scheduler", "token-file", "families", "command", "max", "min", "tasks-per-worker", "longest-wait", "cooldown",
      "interval", "json"},
     autoscale_command,
     "[PROGRAM]"},
    {"completion",
     Operand::words,
     "write a script that completes the command lines of freshet in a shell",
     {},
     cli::completion_command,
     "bash|zsh|fish"},
    {"man-page",
     Operand::words,
     "write the manual page of freshet or freshetd",
     {},
     man_page_command,
     "freshet|freshetd"},
    {"help", Operand::topic, "show help on the program or one topic", {}, cli::help_command},
};

constexpr std::string_view remarks =
    "Each command but those for the administrator of a freshetd asks or changes one scheduler: that of --scheduler, of "
    "the variable FRESHET_SCHEDULER or of the section [run] of ~/.config/freshet/config.toml, else the freshetd of "
    "this "
    "machine; or with --state that of a state file, be it free or held by a run of a pipeline.\n"
    "A TASK is named by its id, by the beginning of an id that no other task has, by what pages and messages call it, "
    "'Report(day=2026-08-21)', or by its family and as many of its parameters as tell it from the others: Report --day "
    "2026-08-21.";

/// FRESHET_SCHEDULER is short for the variable that stands for the key `scheduler` of [run].
void read_scheduler_variable(Environment& environment) {
    const auto given = environment.find("FRESHET_SCHEDULER");
    if (given != environment.end()) environment.try_emplace("FRESHET_RUN__SCHEDULER", given->second);
}

}  // namespace

cli::CommandTable operator_table() { return {.commands = command_rows, .options = option_rows, .remarks = remarks}; }

Program operator_program() {
    return {
        .name = "freshet", .version = FRESHET_VERSION, .summary = "looks after freshetd and the states of pipelines"};
}

int run_operator_command(int argc, const char* const* argv) {
    open_standard_streams();
    survive_broken_pipes();
    cli::ProcessArguments process_arguments(argc, argv);
    process::run_below_init([&] { process_arguments.hide(); });
    const SystemClock clock;
    cli::CliContext context = cli::make_cli_context(std::cout, std::cerr, clock);
    context.process_arguments = &process_arguments;
    read_scheduler_variable(context.environment);
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    const int status = cli::run_program(operator_program(), Registry::of<>(), operator_table(), arguments, context);
    return arguments.empty() ? static_cast<int>(ExitStatus::usage) : status;
}

}  // namespace freshet::daemon
