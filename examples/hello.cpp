// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// One task, one file. Run it twice: the second time there is nothing to do.
//
//   hello run Greet --whom Ada
#include "freshet/command_line.hpp"

#include <iostream>

struct Greet {
    std::string whom = "world";

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom to greet")};

    freshet::LocalTarget output() const { return freshet::LocalTarget("hello-" + whom + ".txt"); }
    void run() const { output().write("hello, " + whom + "\n"); }
};

int main(int argc, char** argv) {
    return freshet::command_line({.name = "hello", .version = "1.0", .summary = "greets"},
                                 freshet::Registry::of<Greet>(), argc, argv, std::cout, std::cerr);
}
