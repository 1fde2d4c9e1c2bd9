// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/arguments.hpp"
#include "freshet/clock.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

enum class LogFormat { plain, json };

/// Throws ParameterError for what is neither.
LogFormat read_log_format(std::string_view text);

/// The options of Freshet's own that may also stand in [run] of the configuration.
struct RunConfig {
    int workers = 1;
    std::optional<std::filesystem::path> state{};  ///< none: the program's default
    std::optional<std::string> scheduler{};        ///< none: one of the run's own
    std::optional<std::filesystem::path> token_file{};
    std::chrono::milliseconds retry_budget = std::chrono::hours(1);
    std::vector<std::string> families{};    ///< to be served
    std::chrono::seconds idle_timeout{10};  ///< of a worker that serves
    LogFormat log_format = LogFormat::plain;
    std::optional<Time> wait_until{};
    std::optional<std::chrono::milliseconds> longest_pause{};  ///< between two tries; none: as each task says
    bool tempfail_ok = false;
};

/// The option's text and origin from the command line, else from [run]; nullopt when it is given nowhere.
std::optional<ConfigValue> find_option(std::string_view name, const ParsedArguments& parsed, const Config& config);

/// Throws ParameterError or ConfigError, after where the wrong value was given.
RunConfig read_run_config(const ParsedArguments& parsed, const Config& config, Time now);

/// The value of --last.
int read_last(const ParsedArguments& parsed);

}  // namespace freshet::run
