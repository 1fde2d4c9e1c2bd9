// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/command.hpp"

#include <iostream>

int main(int argc, char** argv) {
    return gfs::simulator::run_command(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
}
