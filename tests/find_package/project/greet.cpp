// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include <freshet/command_line.hpp>
#include <freshet/s3.hpp>
#include <freshet/task.hpp>

struct Greet {
    std::string whom;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom to greet").required()};

    freshet::LocalTarget output() const { return freshet::LocalTarget("greeting.txt"); }
    void run() const { output().write("hello, " + whom + '\n'); }
};

int main(int argc, char** argv) {
    if (freshet::S3Target("s3://bucket/greeting").address() != "s3://bucket/greeting") return 1;
    return freshet::command_line<Greet>({.name = "greet", .version = "1"}, argc, argv);
}
