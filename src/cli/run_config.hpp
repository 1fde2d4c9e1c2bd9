// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "base/log.hpp"
#include "cli/command_table.hpp"
#include "freshet/clock.hpp"
#include "freshet/slurm.hpp"
#include "freshet/task.hpp"
#include "run/task_selection.hpp"
#include "scheduler/config.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

/// The options that are also keys of the section [run] of the configuration.
struct RunConfig {
    std::optional<int> workers{};  ///< concurrent attempts, 0 to 1024; none: the program's concurrency
    Engine engine = Engine::by_class;
    std::optional<std::filesystem::path> state{};  ///< none: the program's default
    std::optional<std::string> scheduler{};        ///< none: an embedded one
    std::optional<std::filesystem::path> token_file{};
    std::chrono::milliseconds retry_budget = std::chrono::hours(1);  ///< for an absent scheduler; at most 7 days
    std::vector<std::string> families{};                             ///< to serve; empty: all
    std::chrono::seconds idle_timeout{10};  ///< after which a serving worker exits; at most 7 days
    LogFormat log_format = LogFormat::plain;
    std::optional<Time> wait_until{};  ///< deadline of data that is not ready; none: one check
    /// Between two attempts, at most a day; none: each task's own.
    std::optional<std::chrono::milliseconds> longest_pause{};
    std::chrono::milliseconds default_timeout{0};  ///< of attempts at tasks without one, at most a year; 0: none
    std::optional<int> max_tasks{};                ///< that are not complete, and to be scheduled; none: no limit
    bool is_exclusive = false;                     ///< share the state with no other run
    bool fail_fast = false;                        ///< start no attempt after the first failure for good
    bool tempfail_ok = false;                      ///< exit with 0 instead of 75 when some data is not available yet
    bool undelivered_ok = false;                   ///< exit with 0 instead of 36 when a sink lacks an event
    std::optional<std::filesystem::path> metrics_file{};  ///< for node_exporter; none: no metrics are written
};

/// Returns the address of a scheduler if the text is one; throws ParameterError otherwise.
std::string read_scheduler_url(const std::string& text);

/// The option's text and origin, from the command line or else from [run], including its environment variable; nullopt
/// when it is in neither. The text of a flag on the command line is "True".
std::optional<ConfigValue> find_option(std::string_view name, const ParsedCommand& parsed, const Config& config);

/// Parses and checks all options; `now` is for deadlines that are relative. Opens no file. Throws ParameterError for an
/// invalid value of the command line, ConfigError with file and line for any other.
RunConfig read_run_config(const ParsedCommand& parsed, const Config& config, Time now);

/// Returns a scheduler's configuration with the section [resources], the limits of an embedded one. Throws ConfigError.
scheduler::Config read_limits(const Config& config);

/// Returns "can never run: it needs 3 of 'db', of which there are 2", as the scheduler says it; "" where the limits
/// suffice.
std::string describe_shortage(const AnyTask& task, const scheduler::Config& limits);

/// The part of the graph that --until, --except and --rerun name. Throws ParameterError for --downstream without
/// --rerun, and for a family that the registry does not know.
run::TaskSelection read_selection(const ParsedCommand& parsed, const Registry& registry);

/// The value of --max-running; nullopt when it is not given. Throws ParameterError for anything but a count.
std::optional<int> read_max_running(const ParsedCommand& parsed);

/// The value of --last, by default 20. Throws ParameterError for anything but a number above 0.
int read_last(const ParsedCommand& parsed);
/// The same of --limit.
int read_limit(const ParsedCommand& parsed);
/// The number of --attempt; nothing without it. Throws ParameterError.
std::optional<int> read_attempt(const ParsedCommand& parsed);

/// Parses the deadline of --wait-until: an instant (2026-11-21T06:30:00Z, 2026-11-21T06), the next time of day in UTC
/// (06:30) or a duration from now (2h, PT90M, 30 m). An instant may be past. Throws ParameterError.
Time parse_deadline(std::string_view text, Time now);

}  // namespace freshet::cli
