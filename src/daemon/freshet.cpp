// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_commands.hpp"
#include "daemon/run_main.hpp"

using namespace freshet::daemon;

int main(int argc, char** argv) {
    return run_main("freshet", [&] { return run_admin_command({argv + 1, argv + argc}); });
}
