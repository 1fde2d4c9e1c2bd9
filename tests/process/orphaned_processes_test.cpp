// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/process_runner_fixture.hpp"
#include "support/processes.hpp"

#include <fmt/format.h>
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

/// An attempt that never ends, its supervisor, its fork server, and a process that it started in another session.
struct HangingAttempt {
    PidWatcher attempt;
    PidWatcher supervisor;
    PidWatcher fork_server;
    PidWatcher grandchild;
    pid_t supervisor_pid;
    pid_t fork_server_pid;
    std::string name;  ///< of the process that it started, as failures name it
    std::string left;  ///< the clause about it

    bool all_gone() const { return attempt.is_gone() && supervisor.is_gone() && grandchild.is_gone(); }
};

/// The FIFO in the folder of a hanging attempt, to which that writes the ids of its processes.
struct Fifo {
    explicit Fifo(const RunnerFixture& fixture) : path(fixture.dir / "fifo") {
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    }

    std::filesystem::path path;

    /// Blocks until the attempt has started all of its processes.
    HangingAttempt hanging() const {
        std::istringstream line(read_file(path));
        pid_t attempt = 0, supervisor = 0, fork_server = 0, grandchild = 0;
        line >> attempt >> supervisor >> fork_server >> grandchild;
        REQUIRE(grandchild > 0);
        const std::string name = fmt::format("test_process (pid {})", grandchild);
        return {.attempt = PidWatcher(attempt),
                .supervisor = PidWatcher(supervisor),
                .fork_server = PidWatcher(fork_server),
                .grandchild = PidWatcher(grandchild),
                .supervisor_pid = supervisor,
                .fork_server_pid = fork_server,
                .name = name,
                .left = "killed what it left running: " + name};
    }
};

/// Forks a worker with one attempt that never ends.
pid_t fork_worker(const AnyTask& task) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ProcessRunnerFixture worker;
    worker.runner.start({.task = task, .token = "t"});
    for (;;) ::pause();
}

}  // namespace

TEST_CASE("a killed worker leaves no process behind", "[process]") {
    RunnerFixture fixture;
    const Fifo fifo(fixture);
    const pid_t worker = fork_worker(fixture.act("hang"));
    const HangingAttempt hanging = fifo.hanging();
    ::kill(worker, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(hanging.fork_server.is_gone());
    ::waitpid(worker, nullptr, 0);
}

TEST_CASE("when the fork server is killed its attempts end as transient failures and leave no process behind",
          "[process]") {
    ProcessRunnerFixture fixture;
    const Fifo fifo(fixture);
    fixture.runner.start({.task = fixture.act("hang"), .token = "a"});
    const HangingAttempt hanging = fifo.hanging();
    ::kill(hanging.fork_server_pid, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(fixture.results(1).at("a").failure.message == "the fork server is gone");
    fixture.runner.start({.task = fixture.act("write"), .token = "b"});
    CHECK(fixture.results(1).at("b").failure.failure_class == FailureClass::transient);
}

TEST_CASE("a cancellation kills all that the attempt has started", "[process]") {
    ProcessRunnerFixture fixture(std::chrono::milliseconds(1));
    const Fifo fifo(fixture);
    fixture.runner.start({.task = fixture.act("hang"), .token = "t"});
    const HangingAttempt hanging = fifo.hanging();
    fixture.runner.cancel("t");
    CHECK(hanging.all_gone());
    CHECK(fixture.results(1).at("t").failure.message == "cancelled; " + hanging.left);
}

TEST_CASE("background processes of an attempt end with it", "[process]") {
    ProcessRunnerFixture fixture;
    const Fifo fifo(fixture);
    fixture.runner.start({.task = fixture.act("start a child and end"), .token = "t"});
    const HangingAttempt hanging = fifo.hanging();
    CHECK(fixture.results(1).at("t").status == worker::AttemptStatus::done);
    CHECK(hanging.all_gone());
    CHECK(fixture.log == std::vector{hanging.left});
}

TEST_CASE("when its supervisor is killed an attempt fails and leaves no process behind", "[process]") {
    ProcessRunnerFixture fixture;
    const Fifo fifo(fixture);
    fixture.runner.start({.task = fixture.act("hang"), .token = "a"});
    const HangingAttempt hanging = fifo.hanging();
    ::kill(hanging.supervisor_pid, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK_THAT(fixture.results(1).at("a").failure.message,
               Catch::StartsWith("killed by signal 9") && Catch::Contains(hanging.name));
    fixture.runner.start({.task = fixture.act("write"), .token = "b"});
    CHECK(fixture.results(1).at("b").status == worker::AttemptStatus::done);
}

TEST_CASE("a daemon that an attempt has started is killed and named, however the attempt ends", "[process]") {
    const std::string action = GENERATE("leave a daemon", "leave a daemon and throw", "leave a daemon and crash",
                                        "leave a daemon until cancelled");
    ProcessRunnerFixture fixture;
    fixture.runner.start({.task = fixture.act(action), .token = "t"});
    if (action == "leave a daemon until cancelled") {
        fixture.wait_for_status();
        fixture.runner.cancel("t");
    }
    const auto result = fixture.results(1).at("t");
    REQUIRE(fixture.log.size() == 2);
    const std::string pid = fixture.log[0], clause = fixture.log[1];
    CHECK(PidWatcher(std::stoi(pid)).is_gone());
    CHECK_THAT(clause, Catch::StartsWith("killed what it left running: ") && Catch::EndsWith(" (pid " + pid + ")"));
    if (action == "leave a daemon")
        CHECK(result.status == worker::AttemptStatus::done);
    else
        CHECK_THAT(result.failure.message, Catch::EndsWith("; " + clause));
}

TEST_CASE("the daemon of a running attempt outlives other attempts", "[process]") {
    ProcessRunnerFixture fixture;
    fixture.runner.start({.task = fixture.act("leave a daemon until cancelled"), .token = "a"});
    fixture.wait_for_status();
    const PidWatcher daemon(std::stoi(fixture.log.at(0)));
    fixture.runner.start({.task = fixture.act("write"), .token = "b"});
    CHECK(fixture.results(1).at("b").status == worker::AttemptStatus::done);
    CHECK(daemon.is_running());
    fixture.runner.cancel("a");
    CHECK(daemon.is_gone());
}
