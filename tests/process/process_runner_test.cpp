// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/process_runner.hpp"

#include "base/files.hpp"
#include "worker/runner_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <algorithm>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

/// A place whose tasks run in processes, which get so much time to end when they are told to.
struct ProcessRunnerFixture : RunnerFixture {
    explicit ProcessRunnerFixture(std::chrono::milliseconds grace = std::chrono::hours(1))
        : runner(fork_server, registry, clock, mailbox, {.grace = grace}) {}

    Registry registry = test_registry();
    ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner;

    AttemptResult run(const AnyTask& task) {
        runner.start({.task = task, .token = "t", .number = 3, .run_id = "run", .code_version = "1.0"});
        return results(1).at("t");
    }
    AttemptResult run(const std::string& what) { return run(act(what)); }

    std::filesystem::path operator/(std::size_t number) const { return dir / std::to_string(number); }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& file : files_below(dir.path())) found.push_back(file.string());
        return found;
    }
};

}  // namespace

TEST_CASE("what an attempt in its own process made can be published here", "[worker]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run("write");
    CHECK(result.status == AttemptStatus::done);
    CHECK(target::publish(result.staged) == target::PublishResult::published);
    CHECK(read_file(fixture.dir / "write.out") == "content");
}

TEST_CASE("a secret parameter reaches the attempt's process", "[worker]") {
    ProcessRunnerFixture fixture;
    target::publish(fixture.run(fixture.act("tell the password", "open sesame")).staged);
    CHECK(read_file(fixture.dir / "tell the password.out") == "open sesame");
}

TEST_CASE("what an attempt says, announces and prints arrives, before its result", "[worker]") {
    ProcessRunnerFixture fixture;
    CHECK(fixture.run("talk").events.at(0).id == "e1");
    CHECK(fixture.log == std::vector<std::string>{"a line", "a warning"});
    fixture.log.clear();
    fixture.run("print");
    CHECK(fixture.log == std::vector<std::string>{"to standard output", "to standard error, without line feed"});
}

TEST_CASE("what an attempt in its own process waits for is a task here", "[worker]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run(Dynamic{fixture.dir.path()});
    CHECK(result.status == AttemptStatus::waiting);
    CHECK(result.missing == std::vector<AnyTask>{fixture.act("write")});
}

TEST_CASE("a failure keeps its class, its message and the wait that was asked for", "[worker]") {
    ProcessRunnerFixture fixture;
    const auto failure = fixture.run("slow down").failure;
    CHECK(failure.failure_class == FailureClass::throttled);
    CHECK(failure.message == "busy");
    CHECK(failure.retry_after == std::chrono::seconds(7));
    CHECK(fixture.run("fill the disk").disk_full);
}

TEST_CASE("a crash ends the attempt as transient, telling the signal and what was printed last", "[worker]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run("crash");
    CHECK(result.status == AttemptStatus::failed);
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK(result.failure.message == "killed by signal 6 (Aborted), after it printed: decoding field 7");
    CHECK(fixture.run("write").status == AttemptStatus::done);
}

TEST_CASE("a process that ends in the middle of its task has failed", "[worker]") {
    ProcessRunnerFixture fixture;
    CHECK(fixture.run("exit").failure.message == "its process ended with exit status 3 in the middle of the task");
}

TEST_CASE("a crash while an output is written leaves nothing of it, and on_failure was told", "[worker]") {
    ProcessRunnerFixture fixture;
    const auto message = fixture.run("crash while writing").failure.message;
    CHECK(fixture.names() == std::vector<std::string>{"failed"});
    CHECK(read_file(fixture.dir / "failed") == message);
}

TEST_CASE("an attempt that takes too long and does not listen is killed", "[worker]") {
    ProcessRunnerFixture fixture(std::chrono::milliseconds(50));
    const auto failure = fixture.run("late hang").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK(failure.message == "took longer than 50 ms");
}

TEST_CASE("an attempt that is cancelled may end by itself", "[worker]") {
    RunnerFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {.grace = std::chrono::hours(1)});
    runner.start({.task = fixture.act("until cancelled"), .token = "t"});
    fixture.wait_for_status();
    runner.cancel("t");
    const auto failure = fixture.results(1).at("t").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK(failure.message == "cancelled: gave up");
}

TEST_CASE("many attempts at once each have their own result", "[worker]") {
    ProcessRunnerFixture fixture;
    constexpr std::size_t attempts = 20;
    for (std::size_t i = 0; i < attempts; ++i)
        fixture.runner.start(
            {.task = Act{.what = i % 2 ? "write" : "throw", .root = fixture / i}, .token = "t" + std::to_string(i)});
    for (const auto& [token, result] : fixture.results(attempts))
        CHECK((result.status == AttemptStatus::done) == ((token.back() - '0') % 2 == 1));
}

TEST_CASE("an attempt's process has none of the worker's open files", "[worker]") {
    const TempDir dir;
    write_file_atomically(dir / "before", "");
    const FileDescriptor before = open_file(dir / "before", O_RDONLY);
    ProcessRunnerFixture fixture;
    const FileDescriptor after = open_file(dir / "before", O_RDONLY);
    target::publish(fixture.run("list open files").staged);
    const std::string files = read_file(fixture.dir / "list open files.out");
    CHECK_THAT(files, !Catch::Contains("before"));
    CHECK(std::count(files.begin(), files.end(), '\n') <= 5);  // the standard streams, its news, and the listing
}

TEST_CASE("a runner that ends kills its attempts and says no more", "[worker]") {
    RunnerFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    {
        ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {.grace = std::chrono::hours(1)});
        runner.start({.task = fixture.act("until cancelled"), .token = "t"});
        fixture.wait_for_status();
    }
    CHECK(fixture.mailbox.take_all(std::chrono::steady_clock::now()).empty());
}
