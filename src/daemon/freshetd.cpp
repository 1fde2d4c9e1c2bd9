// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"
#include "daemon/config_entries.hpp"
#include "daemon/serve.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <unistd.h>

using namespace freshet::daemon;

int main(int argc, char** argv) {
    return run_main("freshetd", [&] {
        const Arguments arguments = parse_arguments(daemon_options(), {argv + 1, argv + argc});
        if (!arguments.operands.empty())
            throw freshet::ParameterError(fmt::format("unexpected operand '{}'", arguments.operands.front()));
        const DaemonConfigSources sources{.environment = freshet::process_environment(), .is_root = geteuid() == 0};
        if (arguments.has("help"))
            fmt::print("{}", daemon_help());
        else if (arguments.has("version"))
            fmt::print("freshetd {}\n", FRESHET_VERSION);
        else if (arguments.has("check-config"))
            fmt::print("{}", check_config(arguments, sources));
        else
            serve(arguments, sources);
        return ExitStatus::done;
    });
}
