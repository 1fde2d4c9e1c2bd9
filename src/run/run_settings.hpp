// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/settings.hpp"
#include "freshet/clock.hpp"
#include "run/options.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

enum class LogFormat { plain, json };

/// Throws ParameterError for what is neither.
LogFormat read_log_format(std::string_view text);

/// The options of Freshet's own that may also stand in [run] of the configuration.
struct RunSettings {
    int workers = 1;
    std::optional<std::filesystem::path> state{};  ///< none: the program's default
    std::optional<std::string> scheduler{};        ///< none: one of the run's own
    std::optional<std::filesystem::path> token_file{};
    std::chrono::milliseconds patience = std::chrono::hours(1);
    std::vector<std::string> families{};  ///< to be served
    std::chrono::seconds idle{10};        ///< of a worker that serves
    LogFormat log_format = LogFormat::plain;
    std::optional<Time> wait_until{};
    std::optional<std::chrono::milliseconds> longest_pause{};  ///< between two tries; none: as each task says
    bool tempfail_ok = false;
};

/// The option's text and origin from the command line, else from [run]; nullopt when it is given nowhere.
std::optional<Setting> find_option(std::string_view name, const Invocation& invocation, const Settings& settings);

/// Throws ParameterError or ConfigurationError, after where the wrong value was given.
RunSettings read_run_settings(const Invocation& invocation, const Settings& settings, Time now);

/// The value of --last.
int read_last(const Invocation& invocation);

}  // namespace freshet::run
