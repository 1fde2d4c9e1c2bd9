// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/option_table.hpp"

#include <algorithm>
#include <cassert>

namespace freshet::run {

namespace {

constexpr Option options[] = {
    {"workers", "N", "attempts at once (default: 1)", true},
    {"state", "FILE", "where the scheduler's state and history are", true},
    {"scheduler", "URL", "a freshetd or luigid that others use, too; the state is there (default: one of its own)",
     true},
    {"token-file", "FILE", "holds the token for that scheduler (default: FRESHET_TOKEN)", true},
    {"scheduler-patience", "SECONDS", "how long that scheduler may be away (default: 3600); at the start: 60", true},
    {"families", "A,B", "the tasks that it serves, also those that others only name (default: all it can run)", true},
    {"idle", "SECONDS", "ends after so long without a task (default: 10)", true},
    {"config", "FILE", "a configuration file, read after the usual ones"},
    {"log-format", "plain|json", "lines for people, or one JSON object a line (default: plain)", true},
    {"wait-until", "TIME", "look again for what is not there yet until then: 2026-11-21T06:30Z, 06:30 (UTC), 2h", true},
    {"longest-pause", "SECONDS", "between two tries of a task, however often it failed (default: mostly 60)", true},
    {"tempfail-ok", "", "exit with 0 instead of 75 when something is not there yet", true},
    {"dot", "", "write the tree for Graphviz"},
    {"last", "N", "show no more than the last N (default: 20)"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

constexpr std::string_view common[] = {"config", "help"};

constexpr Command commands[] = {
    {"run",
     Operand::task,
     "bring a task and all it requires up to date",
     {"workers", "state", "scheduler", "token-file", "scheduler-patience", "log-format", "wait-until", "longest-pause",
      "tempfail-ok"}},
    {"work",
     Operand::none,
     "run tasks that others have registered with a scheduler, until there are none",
     {"workers", "scheduler", "token-file", "scheduler-patience", "families", "idle", "log-format"}},
    {"plan", Operand::task, "show what would run and why; touches nothing", {}},
    {"tree", Operand::task, "show what requires what", {"dot"}},
    {"why", Operand::reference, "say why a task ran, did not run, or waits", {"state"}},
    {"verify", Operand::optional, "compare outputs with their receipts", {"state"}},
    {"list", Operand::optional, "list the tasks that the state knows, with their status", {"state", "last"}},
    {"history", Operand::optional, "list the last runs, or the attempts at one task", {"state", "last"}},
    {"config",
     Operand::optional,
     "show each setting and where it comes from",
     {"workers", "state", "scheduler", "token-file", "scheduler-patience", "families", "idle", "log-format",
      "wait-until", "longest-pause", "tempfail-ok"}},
    {"help", Operand::topic, "show help on a command or a task", {}},
};

}  // namespace

std::span<const Option> all_options() { return options; }
std::span<const Command> all_commands() { return commands; }

const Option& option_named(std::string_view name) {
    const auto found = std::ranges::find(options, name, &Option::name);
    assert(found != std::end(options));
    return *found;
}

bool accepts(const Command& command, std::string_view option) {
    return std::ranges::find(common, option) != std::end(common) ||
           std::ranges::find(command.options, option) != command.options.end();
}

}  // namespace freshet::run
