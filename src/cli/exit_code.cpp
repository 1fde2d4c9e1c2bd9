// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

#include "base/signals.hpp"
#include "cli/configuration_error.hpp"
#include "daemon/daemonize.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace freshet::daemon {

namespace {

template <class T>
bool is(const std::exception& error) {
    return dynamic_cast<const T*>(&error) != nullptr;
}

/// Does not throw where nobody can hear it: what is left is the exit code.
void write_error(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace

ExitStatus exit_status_of(const std::exception& error) {
    if (is<run::ConfigError>(error)) return ExitStatus::configuration;
    if (is<ParameterError>(error)) return ExitStatus::usage;
    if (is<store::LockedError>(error) || is<AlreadyRunning>(error)) return ExitStatus::already_running;
    return ExitStatus::unavailable;
}

int run_main(std::string_view program, const std::function<ExitStatus()>& run) {
    open_standard_streams();
    try {
        return static_cast<int>(run());
    } catch (const std::exception& error) {
        write_error(fmt::format("{}: {}\n", program, error.what()));
        if (is<ParameterError>(error) && !is<run::ConfigError>(error))
            write_error(fmt::format("`{} --help` shows what it understands\n", program));
        return static_cast<int>(exit_status_of(error));
    }
}

}  // namespace freshet::daemon
