// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "process/process_runner.hpp"
#include "support/processes.hpp"
#include "worker/runner_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <sstream>

using namespace freshet;
using namespace freshet::process;
using namespace freshet::test;

namespace {

/// An attempt that never ends, its fork server, and a process that it started.
struct HangingAttempt {
    PidWatcher attempt;
    PidWatcher fork_server;
    PidWatcher grandchild;
    pid_t fork_server_pid;

    bool all_gone() const { return attempt.is_gone() && grandchild.is_gone(); }
};

/// A folder with the FIFO to which a hanging attempt writes the ids of its processes.
struct FifoFixture : RunnerFixture {
    FifoFixture() { REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0); }

    /// Blocks until the attempt has started all of its processes.
    HangingAttempt hanging() const {
        std::istringstream line(read_file(dir / "fifo"));
        pid_t attempt = 0, fork_server = 0, grandchild = 0;
        line >> attempt >> fork_server >> grandchild;
        REQUIRE(grandchild > 0);
        return {PidWatcher(attempt), PidWatcher(fork_server), PidWatcher(grandchild), fork_server};
    }
};

/// Forks a worker with one attempt that never ends.
pid_t fork_worker(FifoFixture& fixture) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {});
    runner.start({.task = fixture.act("hang"), .token = "t"});
    for (;;) ::pause();
}

}  // namespace

TEST_CASE("a killed worker leaves no process behind", "[process]") {
    FifoFixture fixture;
    const pid_t worker = fork_worker(fixture);
    const HangingAttempt hanging = fixture.hanging();
    ::kill(worker, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(hanging.fork_server.is_gone());
    ::waitpid(worker, nullptr, 0);
}

TEST_CASE("when the fork server is killed its attempts end as transient failures and leave no process behind",
          "[process]") {
    FifoFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {});
    runner.start({.task = fixture.act("hang"), .token = "a"});
    const HangingAttempt hanging = fixture.hanging();
    ::kill(hanging.fork_server_pid, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(fixture.results(1).at("a").failure.message == "the fork server is gone");
    runner.start({.task = fixture.act("write"), .token = "b"});
    CHECK(fixture.results(1).at("b").failure.failure_class == FailureClass::transient);
}

TEST_CASE("a cancellation kills the whole process group", "[process]") {
    FifoFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox,
                         {.grace = std::chrono::milliseconds(1)});
    runner.start({.task = fixture.act("hang"), .token = "t"});
    const HangingAttempt hanging = fixture.hanging();
    runner.cancel("t");
    CHECK(hanging.all_gone());
    CHECK(fixture.results(1).at("t").failure.message == "cancelled");
}

TEST_CASE("background processes of an attempt end with it", "[process]") {
    FifoFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {});
    runner.start({.task = fixture.act("start a child and end"), .token = "t"});
    const HangingAttempt hanging = fixture.hanging();
    CHECK(fixture.results(1).at("t").status == worker::AttemptStatus::done);
    CHECK(hanging.all_gone());
}
