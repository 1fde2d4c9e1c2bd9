// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// One task with one output file. A second run does nothing, since the output exists.
//
//   hello run Greet --whom Ada
#include "freshet/command_line.hpp"

struct Greet {
    std::string whom = "world";

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("name to greet")};

    freshet::LocalTarget output() const { return freshet::LocalTarget("hello-" + whom + ".txt"); }
    void run() const { output().write("hello, " + whom + "\n"); }
};

int main(int argc, char** argv) {
    return freshet::command_line<Greet>({.name = "hello", .version = "1.0", .summary = "greets"}, argc, argv);
}
