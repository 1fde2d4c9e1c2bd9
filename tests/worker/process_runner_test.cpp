// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/process_runner.hpp"

#include "base/files.hpp"
#include "worker/place.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <algorithm>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

/// A place whose tasks run in processes, which get so much time to end when they are told to.
struct Processes : Place {
    explicit Processes(std::chrono::milliseconds grace = std::chrono::hours(1))
        : runner(nursery, registry, clock, mailbox, {.grace = grace}) {}

    Registry registry = test_registry();
    Nursery nursery = Nursery::start(registry);
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
    Processes processes;
    const auto result = processes.run("write");
    CHECK(result.ending == Ending::done);
    CHECK(target::publish(result.staged) == target::Published::yes);
    CHECK(read_file(processes.dir / "write.out") == "content");
}

TEST_CASE("a secret parameter reaches the attempt's process", "[worker]") {
    Processes processes;
    target::publish(processes.run(processes.act("tell the password", "open sesame")).staged);
    CHECK(read_file(processes.dir / "tell the password.out") == "open sesame");
}

TEST_CASE("what an attempt says, announces and prints arrives, before its result", "[worker]") {
    Processes processes;
    CHECK(processes.run("talk").events.at(0).id == "e1");
    CHECK(processes.log == std::vector<std::string>{"a line", "a warning"});
    processes.log.clear();
    processes.run("print");
    CHECK(processes.log == std::vector<std::string>{"to standard output", "to standard error, without line feed"});
}

TEST_CASE("what an attempt in its own process waits for is a task here", "[worker]") {
    Processes processes;
    const auto result = processes.run(Dynamic{processes.dir.path()});
    CHECK(result.ending == Ending::waiting);
    CHECK(result.missing == std::vector<AnyTask>{processes.act("write")});
}

TEST_CASE("a failure keeps its class, its message and the wait that was asked for", "[worker]") {
    Processes processes;
    const auto failure = processes.run("slow down").failure;
    CHECK(failure.failure_class == FailureClass::throttled);
    CHECK(failure.message == "busy");
    CHECK(failure.retry_after == std::chrono::seconds(7));
    CHECK(processes.run("fill the disk").disk_full);
}

TEST_CASE("a crash ends the attempt as transient, telling the signal and what was printed last", "[worker]") {
    Processes processes;
    const auto result = processes.run("crash");
    CHECK(result.ending == Ending::failed);
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK(result.failure.message == "killed by signal 6 (Aborted), after it printed: decoding field 7");
    CHECK(processes.run("write").ending == Ending::done);
}

TEST_CASE("a process that ends in the middle of its task has failed", "[worker]") {
    Processes processes;
    CHECK(processes.run("exit").failure.message == "its process ended with exit status 3 in the middle of the task");
}

TEST_CASE("a crash while an output is written leaves nothing of it, and on_failure was told", "[worker]") {
    Processes processes;
    const auto message = processes.run("crash while writing").failure.message;
    CHECK(processes.names() == std::vector<std::string>{"failed"});
    CHECK(read_file(processes.dir / "failed") == message);
}

TEST_CASE("an attempt that takes too long and does not listen is killed", "[worker]") {
    Processes processes(std::chrono::milliseconds(50));
    const auto failure = processes.run("late hang").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK(failure.message == "took longer than 50 ms");
}

TEST_CASE("an attempt that is cancelled may end by itself", "[worker]") {
    Place place;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {.grace = std::chrono::hours(1)});
    runner.start({.task = place.act("until cancelled"), .token = "t"});
    place.wait_for_status();
    runner.cancel("t");
    const auto failure = place.results(1).at("t").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK(failure.message == "cancelled: gave up");
}

TEST_CASE("many attempts at once each have their own result", "[worker]") {
    Processes processes;
    constexpr std::size_t attempts = 20;
    for (std::size_t i = 0; i < attempts; ++i)
        processes.runner.start({.task = Act{.what = i % 2 ? "write" : "throw", .root = processes / i}, .token = "t" + std::to_string(i)});
    for (const auto& [token, result] : processes.results(attempts))
        CHECK((result.ending == Ending::done) == ((token.back() - '0') % 2 == 1));
}

TEST_CASE("an attempt's process has none of the worker's open files", "[worker]") {
    const TempDir dir;
    write_file_atomically(dir / "before", "");
    const FileDescriptor before = open_file(dir / "before", O_RDONLY);
    Processes processes;
    const FileDescriptor after = open_file(dir / "before", O_RDONLY);
    target::publish(processes.run("list open files").staged);
    const std::string files = read_file(processes.dir / "list open files.out");
    CHECK_THAT(files, !Catch::Contains("before"));
    CHECK(std::count(files.begin(), files.end(), '\n') <= 5);  // the standard streams, its news, and the listing
}

TEST_CASE("a runner that ends kills its attempts and says no more", "[worker]") {
    Place place;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    {
        ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {.grace = std::chrono::hours(1)});
        runner.start({.task = place.act("until cancelled"), .token = "t"});
        place.wait_for_status();
    }
    CHECK(place.mailbox.take_all(std::chrono::steady_clock::now()).empty());
}
