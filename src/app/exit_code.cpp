// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/exit_code.hpp"

#include "app/background.hpp"
#include "base/standard_streams.hpp"
#include "run/configuration_error.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace freshet::app {

namespace {

template <class T>
bool is(const std::exception& error) {
    return dynamic_cast<const T*>(&error) != nullptr;
}

/// Does not throw where nobody can hear it: what is left is the exit code.
void say(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace

ExitCode exit_code_of(const std::exception& error) {
    if (is<run::ConfigurationError>(error)) return ExitCode::configuration;
    if (is<ParameterError>(error)) return ExitCode::usage;
    if (is<store::OwnedError>(error) || is<AlreadyRunning>(error)) return ExitCode::already_running;
    return ExitCode::unavailable;
}

int guarded(std::string_view program, const std::function<ExitCode()>& run) {
    open_standard_streams();
    try {
        return static_cast<int>(run());
    } catch (const std::exception& error) {
        say(fmt::format("{}: {}\n", program, error.what()));
        if (is<ParameterError>(error) && !is<run::ConfigurationError>(error))
            say(fmt::format("`{} --help` shows what it understands\n", program));
        return static_cast<int>(exit_code_of(error));
    }
}

}  // namespace freshet::app
