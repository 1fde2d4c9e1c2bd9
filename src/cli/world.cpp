// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/world.hpp"

#include "freshet/text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace freshet::run {

namespace {

/// 0 when standard error is no terminal, or a dumb one that cannot rewrite a line.
int width_of_terminal(const Environment& environment) {
    const auto kind = environment.find("TERM");
    if (!isatty(STDERR_FILENO) || kind == environment.end() || kind->second == "dumb") return 0;
    winsize size{};
    constexpr int default_width = 80;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : default_width;
}

/// The first of them that is set decides, as in setlocale(3).
bool is_utf8_locale(const Environment& environment) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto found = environment.find(name);
        if (found == environment.end() || found->second.empty()) continue;
        const std::string locale = lower(found->second);
        return locale.find("utf-8") != locale.npos || locale.find("utf8") != locale.npos;
    }
    return false;
}

}  // namespace

CliContext make_cli_context(std::ostream& out, std::ostream& err, const Clock& clock) {
    CliContext cli{.out = out, .err = err, .clock = clock, .environment = process_environment()};
    if (&err == &std::cerr) cli.terminal_width = width_of_terminal(cli.environment);
    cli.is_utf8 = is_utf8_locale(cli.environment);
    return cli;
}

}  // namespace freshet::run
