// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "cli/arguments.hpp"
#include "daemon/config_entries.hpp"
#include "daemon/run_main.hpp"
#include "daemon/serve.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

using namespace freshet::daemon;

namespace {

/// Has large blocks returned to the system when they are freed. glibc raises its threshold with each one that is freed,
/// and would keep the memory of a long response for the next one.
void return_large_blocks() {
    constexpr int threshold = 256 << 10;
    ::mallopt(M_MMAP_THRESHOLD, threshold);
}

}  // namespace

int main(int argc, char** argv) {
    return_large_blocks();
    return run_main("freshetd", [&] {
        const freshet::cli::Arguments arguments = parse_daemon_arguments({argv + 1, argv + argc});
        freshet::cli::check_operands("", arguments.operands);
        const DaemonConfigSources sources{.environment = freshet::process_environment(), .is_root = geteuid() == 0};
        if (arguments.has("help"))
            fmt::print("{}", daemon_help());
        else if (arguments.has("version"))
            fmt::print("freshetd {}\n", FRESHET_VERSION);
        else if (arguments.has("check-config"))
            fmt::print("{}", freshet::printable(check_config(arguments, sources)));
        else
            serve(arguments, sources);
        return freshet::ExitStatus::success;
    });
}
