// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon_options.hpp"

#include <fmt/format.h>

namespace freshet::daemon {

namespace {

constexpr cli::Option options[] = {
    {"address", "ADDRESS", "where to listen (default: 127.0.0.1); any but loopback needs --token-file", true},
    {"port", "PORT", "(default: 8082; 0: any free one)", true},
    {"unix-socket", "PATH", "listen there instead, for this user alone", true},
    {"state-path", "FILE", "what the scheduler must not forget; a file of Freshet's own, not a pickle"},
    {"background", "", "leave the terminal once ready; the log goes to --logdir"},
    {"path-prefix", "/PREFIX", "what a proxy leaves before our paths; they are found without it, too", true},
    {"pidfile", "FILE", "write the process's number there", true},
    {"logdir", "FOLDER", "write freshetd.log and audit.log there instead of the log to standard error", true},
    {"config", "FILE", "a configuration in TOML, read after the usual ones"},
    {"luigi-config", "FILE", "take [scheduler], [resources] and [cors] from an existing luigi.cfg"},
    {"token-file", "FILE", "who may do what: lines NAME ROLE TOKEN, as `freshet token` makes them", true},
    {"allow-unauthenticated", "", "let everybody do everything who reaches the address", true},
    {"hosts", "NAME,...", "the names by which clients call this machine, besides localhost", true},
    {"allow-changes-by-get", "", "for Luigi's clients before 2.8.8, which send nothing else", true},
    {"log-format", "plain|json", "lines for people, or one JSON object a line (default: plain)", true},
    {"history-days", "DAYS", "how long the history of tasks is kept (default: 90)", true},
    {"test-instances", "", "let conformance suites make schedulers in memory; on loopback only"},
    {"check-config", "", "show each setting and where it comes from, and end"},
    {"help", "", "show this help"},
    {"version", "", "show the version"},
};

constexpr std::string_view after_options = R"(
configuration, the later the stronger: --luigi-config, /etc/freshetd/config.toml,
$XDG_CONFIG_HOME/freshetd/config.toml, --config, the environment
(FRESHET_SCHEDULER__RETRY_DELAY=60), these options.
  [scheduler]  Luigi's keys and defaults: retry_delay, disable_window, ...; state_path
  [resources]  name = limit, or "120/minute": so many are handed out in any minute
  [server]     the options above, with '_' for '-'
  [cors]       Luigi's keys
  [[sink]]     where completion events go: type = "file", "webhook" or "kafka"
An unknown key is an error.

The state is $STATE_DIRECTORY/freshetd.sqlite, root's /var/lib/freshet/freshetd.sqlite,
else $XDG_STATE_HOME/freshet/freshetd.sqlite.

signals:
  TERM, INT, QUIT  stop accepting, answer what is under way, and end; a second one: at once
  HUP              read [resources] and the tokens again, and begin new log files

exit status:
  0   stopped as asked
  10  another freshetd runs on this state
  64  the command line is wrong
  69  it cannot listen, or the state could not be written any more
  78  the configuration is wrong, or the state file is not one of ours
)";

}  // namespace

std::span<const cli::Option> daemon_options() { return options; }

cli::Arguments parse_daemon_arguments(const std::vector<std::string>& arguments) {
    return cli::parse_arguments(options, arguments, cli::Repetition::last_wins);
}

std::string daemon_help() {
    return fmt::format(
        "freshetd {}: a central scheduler that Luigi's workers and Freshet's share\n\n"
        "usage: freshetd [OPTION ...]\n\n{}{}",
        FRESHET_VERSION, cli::help_on(options), after_options);
}

}  // namespace freshet::daemon
