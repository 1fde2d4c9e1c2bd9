// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "support/processes.hpp"
#include "worker/place.hpp"
#include "worker/process_runner.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <sstream>

using namespace freshet;
using namespace freshet::worker;
using namespace freshet::test;

namespace {

/// An attempt that never ends, the nursery that it came from, and a process that it has started.
struct Hanging {
    Watched attempt;
    Watched nursery;
    Watched grandchild;
    pid_t nursery_pid;

    bool all_gone() const { return attempt.is_gone() && grandchild.is_gone(); }
};

/// A folder with the FIFO through which a hanging attempt tells who it is.
struct FifoPlace : Place {
    FifoPlace() { REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0); }

    /// Waits until the attempt has started all of its processes.
    Hanging hanging() const {
        std::istringstream line(read_file(dir / "fifo"));
        pid_t attempt = 0, nursery = 0, grandchild = 0;
        line >> attempt >> nursery >> grandchild;
        REQUIRE(grandchild > 0);
        return {Watched(attempt), Watched(nursery), Watched(grandchild), nursery};
    }
};

/// A worker in a process of its own, with one attempt that never ends.
pid_t fork_worker(FifoPlace& place) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {});
    runner.start({.task = place.act("hang"), .token = "t"});
    for (;;) ::pause();
}

}  // namespace

TEST_CASE("when the worker is killed nothing that it started lives on", "[worker]") {
    FifoPlace place;
    const pid_t worker = fork_worker(place);
    const Hanging hanging = place.hanging();
    ::kill(worker, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(hanging.nursery.is_gone());
    ::waitpid(worker, nullptr, 0);
}

TEST_CASE("when the nursery is killed its attempts end, fail as transient, and nothing lives on", "[worker]") {
    FifoPlace place;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {});
    runner.start({.task = place.act("hang"), .token = "a"});
    const Hanging hanging = place.hanging();
    ::kill(hanging.nursery_pid, SIGKILL);
    CHECK(hanging.all_gone());
    CHECK(place.results(1).at("a").failure.message == "the process that starts attempts is gone");
    runner.start({.task = place.act("write"), .token = "b"});
    CHECK(place.results(1).at("b").failure.failure_class == FailureClass::transient);
}

TEST_CASE("a timeout ends the whole process group", "[worker]") {
    FifoPlace place;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {.grace = std::chrono::milliseconds(1)});
    runner.start({.task = place.act("hang"), .token = "t"});
    const Hanging hanging = place.hanging();
    runner.cancel("t");
    CHECK(hanging.all_gone());
    CHECK(place.results(1).at("t").failure.message == "cancelled");
}

TEST_CASE("what an attempt leaves in the background ends with it", "[worker]") {
    FifoPlace place;
    const Registry registry = test_registry();
    const Nursery nursery = Nursery::start(registry);
    ProcessRunner runner(nursery, registry, place.clock, place.mailbox, {});
    runner.start({.task = place.act("start a child and end"), .token = "t"});
    const Hanging hanging = place.hanging();
    CHECK(place.results(1).at("t").ending == Ending::done);
    CHECK(hanging.all_gone());
}
