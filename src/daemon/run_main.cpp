// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/run_main.hpp"

#include "base/config.hpp"
#include "base/printable.hpp"
#include "base/signals.hpp"
#include "daemon/daemonize.hpp"
#include "process/init_process.hpp"
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

/// Never throws: if standard error is closed, the exit status must still be returned.
void write_error(const std::string& text) { std::fputs(printable(text).c_str(), stderr); }

}  // namespace

ExitStatus exit_status_of(const std::exception& error) {
    // A service manager is not to start it again: another start would end in the same way.
    if (is<ConfigError>(error) || is<store::DamagedStateError>(error)) return ExitStatus::configuration;
    if (is<ParameterError>(error)) return ExitStatus::usage;
    if (is<store::LockedError>(error) || is<AlreadyRunning>(error)) return ExitStatus::already_running;
    return ExitStatus::unavailable;
}

int run_main(std::string_view program, const std::function<ExitStatus()>& run) {
    open_standard_streams();
    process::run_below_init();
    try {
        return static_cast<int>(run());
    } catch (const std::exception& error) {
        write_error(fmt::format("{}: {}\n", program, error.what()));
        if (is<ParameterError>(error) && !is<ConfigError>(error))
            write_error(fmt::format("run '{} --help' for usage\n", program));
        return static_cast<int>(exit_status_of(error));
    }
}

}  // namespace freshet::daemon
