// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "base/log.hpp"
#include "cli/command_table.hpp"
#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

/// The options that are also keys of the section [run] of the configuration.
struct RunConfig {
    int workers = 1;
    std::optional<std::filesystem::path> state{};  ///< none: the program's default
    std::optional<std::string> scheduler{};        ///< none: an embedded one
    std::optional<std::filesystem::path> token_file{};
    std::chrono::milliseconds retry_budget = std::chrono::hours(1);
    std::vector<std::string> families{};    ///< to serve; empty: all
    std::chrono::seconds idle_timeout{10};  ///< idle time after which a serving worker exits
    LogFormat log_format = LogFormat::plain;
    std::optional<Time> wait_until{};
    std::optional<std::chrono::milliseconds> longest_pause{};  ///< between two attempts; none: each task's own
    bool tempfail_ok = false;
};

/// The option's text and origin, from the command line or else from [run]; nullopt when it is in neither.
std::optional<ConfigValue> find_option(std::string_view name, const ParsedCommand& parsed, const Config& config);

/// Throws ParameterError or ConfigError, depending on the origin of the invalid value.
RunConfig read_run_config(const ParsedCommand& parsed, const Config& config, Time now);

/// The value of --last. Throws ParameterError.
int read_last(const ParsedCommand& parsed);

/// Parses the deadline of --wait-until: an instant (2026-11-21T06:30:00Z, 2026-11-21T06), the next time of day in UTC
/// (06:30) or a duration from now (2h, PT90M, 30 m). Throws ParameterError.
Time parse_deadline(std::string_view text, Time now);

}  // namespace freshet::cli
