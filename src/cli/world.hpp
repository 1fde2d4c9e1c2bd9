// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "freshet/clock.hpp"

#include <filesystem>
#include <iosfwd>

namespace freshet::run {

/// What a command sees of the machine it runs on.
struct CliContext {
    std::ostream& out;  ///< what was asked for
    std::ostream& err;  ///< errors, logs, the live line
    const Clock& clock;
    Environment environment{};
    std::filesystem::path system_folder = "/etc";
    int terminal_width = 0;  ///< of `err`; 0: it is no terminal
    bool is_utf8 = false;    ///< whether `out` may be given more than ASCII
};

/// The world of this process, with its streams; they are looked at to tell whether they are a terminal.
CliContext make_cli_context(std::ostream& out, std::ostream& err, const Clock& clock);

}  // namespace freshet::run
