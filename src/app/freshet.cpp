// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/exit_code.hpp"
#include "app/operator_commands.hpp"

using namespace freshet::app;

int main(int argc, char** argv) {
    return guarded("freshet", [&] { return run_operator_command({argv + 1, argv + argc}); });
}
