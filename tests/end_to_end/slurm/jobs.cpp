// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Tasks that run in Slurm jobs, for slurm_test.py.
#include "freshet/build.hpp"
#include "freshet/command_line.hpp"
#include "support/diary.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

using namespace freshet;
using namespace freshet::test;

namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

/// Does as it is told, after a line "JOB ATTEMPT" in the diary. Where Slurm has started it is in its output.
struct Act {
    std::filesystem::path root{};
    std::string what{};
    std::string text{};
    std::string password{};
    int seconds = 0;
    static constexpr Isolation isolation = Isolation::slurm;
    static constexpr Parameter parameters[] = {
        param<&Act::root>("folder").required(),
        param<&Act::what>("write, crash, fail, or hang at the first attempt").required(),
        param<&Act::text>("printed").insignificant(), param<&Act::password>("written").insignificant().secret(),
        param<&Act::seconds>("timeout; 0: none").insignificant()};

    LocalTarget output() const { return LocalTarget(root / (what + ".txt")); }
    Resources resources() const { return {{"cpus", 2}, {"memory", 100}}; }
    RetryPolicy retry() const { return {.attempts = 2, .first_pause = std::chrono::milliseconds(10)}; }
    std::chrono::seconds timeout() const { return std::chrono::seconds(seconds); }
    void run(Context& context) const {
        append_to_log(root, variable("SLURM_JOB_ID") + " " + std::to_string(context.attempt()));
        std::cout << text << std::endl;
        context.progress(0.5);
        if (what == "crash") std::abort();
        if (what == "fail") throw Error("it is to fail");
        if (what == "hang" && context.attempt() == 1) hang(context);
        output().write(variable("SLURM_JOB_ID") + " " + variable("SLURM_CPUS_PER_TASK") + " " + password);
    }
    static void hang(const Context& context) {
        while (!context.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        throw Error("it was to hang");
    }
};

/// Runs in a job with `--engine slurm` only.
struct Plain {
    std::filesystem::path root{};
    static constexpr Parameter parameters[] = {param<&Plain::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "plain.txt"); }
    void run() const { output().write(variable("SLURM_JOB_ID")); }
};

/// Runs Plain from a program of the author's own.
int build_plain(const std::filesystem::path& root) {
    const BuildOptions options{
        .engine = Engine::slurm,
        .slurm = {.folder = root / "exchange", .folder_interval = std::chrono::milliseconds(50)}};
    return build(Registry::of<Plain>(), {Plain{root}}, options).succeeded() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string(argv[1]) == "build") return build_plain(argv[2]);
    return command_line({.name = "jobs", .version = "1"}, Registry::of<Act, Plain>(), argc, argv, std::cout, std::cerr);
}
