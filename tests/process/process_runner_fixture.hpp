// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "process/process_runner.hpp"
#include "worker/runner_fixture.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace freshet::test {

/// A folder whose tasks run in processes with this grace between SIGTERM and SIGKILL.
struct ProcessRunnerFixture : RunnerFixture {
    explicit ProcessRunnerFixture(std::chrono::milliseconds grace = std::chrono::hours(1))
        : runner(fork_server, registry, clock, mailbox, {.grace = grace}) {}

    Registry registry = test_registry();
    process::ForkServer fork_server = process::ForkServer::start(registry);
    process::ProcessRunner runner;

    worker::AttemptResult run(const AnyTask& task) {
        runner.start({.task = task, .token = "t", .number = 3, .run_id = "run", .code_version = "1.0"});
        return results(1).at("t");
    }
    worker::AttemptResult run(const std::string& what) { return run(act(what)); }

    std::filesystem::path operator/(std::size_t number) const { return dir / std::to_string(number); }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& file : files_below(dir.path())) found.push_back(file.string());
        return found;
    }
};

}  // namespace freshet::test
