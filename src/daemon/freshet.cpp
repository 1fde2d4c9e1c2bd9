// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/operator_tool.hpp"

int main(int argc, char** argv) { return freshet::daemon::run_operator_command(argc, argv); }
