// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/process_runner_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sched.h>
#include <algorithm>
#include <map>
#include <sstream>

using namespace freshet;
using namespace freshet::process;
using worker::AttemptResult;
using worker::AttemptStatus;
using namespace freshet::test;

TEST_CASE("outputs staged by an attempt process can be published by the worker", "[process]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run("write");
    CHECK(result.status == AttemptStatus::done);
    CHECK(target::publish(result.staged) == target::PublishResult::published);
    CHECK(read_file(fixture.dir / "write.out") == "content");
}

TEST_CASE("the worker publishes what an attempt process has staged outside this machine", "[process]") {
    ProcessRunnerFixture fixture;
    const Upload task{fixture.dir.path()};
    auto result = fixture.run(task);
    CHECK(result.staged_targets.at(0).content->size == 7);
    CHECK_FALSE(task.output().exists());
    TargetAttempt attempt{.token = "t"};
    CHECK(worker::publish_outputs(task, result, attempt) == PublishResult::published);
    CHECK(task.output().read() == "content");
}

TEST_CASE("what a crashed attempt process has written outside this machine is removed", "[process]") {
    ProcessRunnerFixture fixture;
    const Upload task{fixture.dir.path(), true};
    CHECK(fixture.run(task).status == AttemptStatus::failed);
    CHECK(std::filesystem::exists(fixture.dir / "store/data"));
    CHECK(task.output().staged().empty());
}

TEST_CASE("a secret parameter reaches the attempt process", "[process]") {
    ProcessRunnerFixture fixture;
    target::publish(fixture.run(fixture.act("tell the password", "open sesame")).staged);
    CHECK(read_file(fixture.dir / "tell the password.out") == "open sesame");
}

TEST_CASE("log lines, events and output of an attempt arrive before its result", "[process]") {
    ProcessRunnerFixture fixture;
    CHECK(fixture.run("talk").events.at(0).id == "e1");
    CHECK(fixture.log == std::vector<std::string>{"a line", "a warning"});
    fixture.log.clear();
    fixture.run("print");
    CHECK(fixture.log == std::vector<std::string>{"to standard output", "to standard error, without line feed"});
}

TEST_CASE("a dynamic requirement of an attempt process arrives as a task", "[process]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run(Dynamic{fixture.dir.path()});
    CHECK(result.status == AttemptStatus::waiting);
    CHECK(result.missing == std::vector<AnyTask>{fixture.act("write")});
}

TEST_CASE("a failure keeps its class, its message and its retry delay", "[process]") {
    ProcessRunnerFixture fixture;
    const auto failure = fixture.run("slow down").failure;
    CHECK(failure.failure_class == FailureClass::throttled);
    CHECK(failure.message == "busy");
    CHECK(failure.retry_after == std::chrono::seconds(7));
    CHECK(fixture.run("fill the disk").disk_full);
}

TEST_CASE("a crash is a transient failure with the signal and the last lines", "[process]") {
    ProcessRunnerFixture fixture;
    const auto result = fixture.run("crash");
    CHECK(result.status == AttemptStatus::failed);
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK(result.failure.message == "killed by signal 6 (Aborted); last lines: decoding field 7");
    CHECK(fixture.run("write").status == AttemptStatus::done);
}

TEST_CASE("a process that exits before its task finishes has failed", "[process]") {
    ProcessRunnerFixture fixture;
    CHECK(fixture.run("exit").failure.message == "its process ended with exit status 3 before the task finished");
}

TEST_CASE("a crash during a write leaves no partial output, and on_failure is called", "[process]") {
    ProcessRunnerFixture fixture;
    const auto message = fixture.run("crash while writing").failure.message;
    CHECK(fixture.names() == std::vector<std::string>{"failed"});
    CHECK(read_file(fixture.dir / "failed") == message);
}

TEST_CASE("what a crashed process wrote in place is moved aside, and the failure names it", "[process]") {
    ProcessRunnerFixture fixture;
    const auto message = fixture.run("write in place and crash").failure.message;
    CHECK_THAT(message, Catch::StartsWith("killed by signal 6") &&
                            Catch::Contains("write in place and crash.out' is unfinished and was moved to"));
    CHECK(fixture.names() == std::vector<std::string>{".freshet/write in place and crash.out.unfinished", "failed"});
}

TEST_CASE("an attempt that ignores SIGTERM after its timeout is killed", "[process]") {
    ProcessRunnerFixture fixture(std::chrono::milliseconds(50));
    const auto failure = fixture.run("late hang").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK_THAT(failure.message, Catch::StartsWith("took longer than 2 s; killed what it left running: "));
}

TEST_CASE("a cancelled attempt may end by itself within the grace", "[process]") {
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

TEST_CASE("a running attempt in a process gets messages and answers them", "[process]") {
    ProcessRunnerFixture fixture;
    fixture.runner.start({.task = Listen{fixture.dir.path()}, .token = "a"});
    fixture.wait_for_status();
    fixture.runner.send("a", {.id = "m1", .content = "hello"});
    fixture.runner.send("a", {.id = "m2", .content = "stop"});
    CHECK(fixture.results(1).at("a").status == worker::AttemptStatus::done);
    CHECK(fixture.tracking_url == "https://jobs.example/7");
    CHECK(fixture.responses == std::vector<std::string>{"m1: heard hello", "m2: heard stop"});
}

TEST_CASE("concurrent attempts each have their own result", "[process]") {
    ProcessRunnerFixture fixture;
    constexpr std::size_t attempts = 20;
    for (std::size_t i = 0; i < attempts; ++i)
        fixture.runner.start(
            {.task = Act{.what = i % 2 ? "write" : "throw", .root = fixture / i}, .token = "t" + std::to_string(i)});
    for (const auto& [token, result] : fixture.results(attempts))
        CHECK((result.status == AttemptStatus::done) == ((token.back() - '0') % 2 == 1));
}

TEST_CASE("the scratch folder of an attempt process that crashes disappears", "[process]") {
    ProcessRunnerFixture fixture;
    CHECK(fixture.run("use scratch and crash").failure.message.starts_with("killed by signal 6"));
    for (const std::string& name : fixture.names()) CHECK_THAT(name, !Catch::Contains("tables"));
}

TEST_CASE("an attempt process inherits no open files of the worker", "[process]") {
    const TempDir dir;
    write_file_atomically(dir / "before", "");
    const FileDescriptor before = open_file(dir / "before", O_RDONLY);
    ProcessRunnerFixture fixture;
    const FileDescriptor after = open_file(dir / "before", O_RDONLY);
    target::publish(fixture.run("list open files").staged);
    const std::string files = read_file(fixture.dir / "list open files.out");
    CHECK_THAT(files, !Catch::Contains("before"));
    std::istringstream lines(files);
    std::size_t open = 0;
    for (std::string line; std::getline(lines, line);) open += line.starts_with("socket:") ? 0 : 1;  // retired ones
    CHECK(open <= 5);  // the standard streams, the message pipe and the listed folder
}

TEST_CASE("a destroyed runner kills its attempts and sends no more messages", "[process]") {
    RunnerFixture fixture;
    const Registry registry = test_registry();
    const ForkServer fork_server = ForkServer::start(registry);
    {
        ProcessRunner runner(fork_server, registry, fixture.clock, fixture.mailbox, {.grace = std::chrono::hours(1)});
        runner.start({.task = fixture.act("until cancelled"), .token = "t"});
        fixture.wait_for_status();
    }
    CHECK(fixture.mailbox.try_take_all().empty());
}

TEST_CASE("an attempt that prints more than the worker takes waits for it, and others do not", "[process]") {
    ProcessRunnerFixture fixture(std::chrono::milliseconds(1));
    fixture.runner.start({.task = fixture.act("print without end"), .token = "a"});
    while (fixture.mailbox.has_room()) ::sched_yield();
    fixture.runner.start({.task = fixture.act("write"), .token = "b"});
    constexpr std::size_t line = sizeof(worker::Message) + 1 + 1;    // "y" and the token
    constexpr std::size_t last_lines = (16 + 64) * 1024 / 2 * line;  // what is read at once, and left in a pipe
    std::map<std::string, AttemptResult> results;
    while (results.size() < 2) {
        std::size_t memory = 0;
        for (worker::Message& message : fixture.mailbox.take_all()) {
            memory += worker::memory_of(message);
            if (auto* result = std::get_if<AttemptResult>(&message)) results.emplace(result->token, *result);
        }
        CHECK(memory <= fixture.mailbox.capacity + last_lines);
        if (results.contains("b")) fixture.runner.cancel("a");
    }
    CHECK(results.at("b").status == AttemptStatus::done);
    CHECK(results.at("a").failure.message.starts_with("cancelled; last lines: y / y"));
}
