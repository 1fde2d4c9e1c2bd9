// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "freshet/build.hpp"
#include "freshet/error.hpp"
#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "store/history.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"
#include "support/settable_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>
#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <set>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

test::SettableClock wall_clock;

/// The names of the tasks that ran, in order.
std::vector<std::string> ran;
std::mutex ran_mutex;

/// Notes that it ran; requires another one, if it is given.
struct Note {
    std::string name;
    std::string after = "";
    int rank = 0;
    static constexpr Parameter parameters[] = {param<&Note::name>("which"), param<&Note::after>("what it requires"),
                                               param<&Note::rank>("its priority")};

    double priority() const { return rank; }
    std::vector<AnyTask> requirements() const {
        if (after.empty()) return {};
        return {Note{.name = after}};
    }
    bool complete() const {
        const std::lock_guard lock(ran_mutex);
        return std::ranges::count(ran, name) > 0;
    }
    void run() const {
        const std::lock_guard lock(ran_mutex);
        ran.push_back(name);
    }
};

/// How often each output was looked for, which exists once it was made.
std::map<std::string, int> looked_for;
std::set<std::string> made;

struct CountedTarget {
    std::string name;
    std::string address() const { return "counted:" + name; }
    bool exists() const {
        const std::lock_guard lock(ran_mutex);
        return ++looked_for[name], made.contains(name);
    }
};

/// Makes a counted output from others. Runs again when an input changes, for which a run looks at all of them.
struct Counted {
    std::string name;
    std::vector<std::string> from = {};
    static constexpr Staleness staleness = Staleness::rerun;
    static constexpr Parameter parameters[] = {param<&Counted::name>("which"), param<&Counted::from>("its inputs")};

    std::vector<Counted> requirements() const {
        std::vector<Counted> tasks;
        for (const std::string& one : from) tasks.push_back({.name = one});
        return tasks;
    }
    CountedTarget output() const { return {name}; }
    void run() const {
        const std::lock_guard lock(ran_mutex);
        made.insert(name);
    }
};

/// Is fulfilled when the run says that it stops.
std::promise<void> stopping;

struct StopObserver final : worker::Observer {
    void planned(const worker::Plan&) override {}
    void started(const AnyTask&, int) override {}
    void progressed(const AnyTask&, double) override {}
    void status_changed(const AnyTask&, std::string_view) override {}
    void logged(const AnyTask&, std::string_view, bool) override {}
    void ended(const AnyTask&, const worker::FinishedAttempt&) override {}
    void notified(std::string_view message) override {
        notices.emplace_back(message);
        if (message.starts_with("stop requested")) stopping.set_value();
    }
    std::vector<std::string> notices;
};

/// Sends SIGTERM to its own run, and goes on until the run has heard it.
struct Terminate {
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Terminate::number>("which")};
    bool complete() const {
        const std::lock_guard lock(ran_mutex);
        return std::ranges::count(ran, std::to_string(number)) > 0;
    }
    void run() const {
        bool is_first = false;
        {
            const std::lock_guard lock(ran_mutex);
            is_first = ran.empty();
            ran.push_back(std::to_string(number));
        }
        if (!is_first) return;
        ::kill(::getpid(), SIGTERM);
        stopping.get_future().wait();
    }
};

/// Sets the clock, and fails in its first attempt.
struct SetClock {
    std::filesystem::path folder;
    int hours = 0;
    static constexpr Parameter parameters[] = {param<&SetClock::folder>("where the file goes").required(),
                                               param<&SetClock::hours>("by so much")};

    LocalTarget output() const { return LocalTarget(folder / "output"); }
    RetryPolicy retry() const {
        RetryPolicy policy;
        policy.first_pause = 200ms;
        return policy;
    }
    void run(Context& context) const {
        wall_clock.set_by(std::chrono::hours(hours));
        if (context.attempt() == 1) throw TransientError("try the first time");
        output().write("done");
    }
};

}  // namespace

TEST_CASE("the more urgent of two tasks runs first, although it became ready later", "[run]") {
    ran.clear();
    test::FakeLog log;
    worker::NoObserver observer;
    const SystemClock clock;
    const Registry registry = Registry::of<Note>();
    const std::vector<AnyTask> roots{Note{.name = "first"}, Note{.name = "b"}, Note{.name = "c"}, Note{.name = "d"},
                                     Note{.name = "urgent", .after = "first", .rank = 9}};
    CHECK(run::run_session(registry, roots, {}, {.clock = clock, .log = log, .observer = observer}).succeeded());
    CHECK(ran == std::vector<std::string>{"first", "urgent", "b", "c", "d"});
}

TEST_CASE("after SIGTERM nothing begins, and the history has no attempt that did not begin", "[run]") {
    ran.clear();
    stopping = {};
    const test::TempDir folder;
    test::FakeLog log;
    StopObserver observer;
    const SystemClock clock;
    const Registry registry = Registry::of<Terminate>();
    std::vector<AnyTask> roots;
    for (int number = 0; number < 6; ++number) roots.push_back(Terminate{number});
    run::SessionOptions options;
    options.state = folder / "state.sqlite";
    options.handles_signals = true;
    const auto result = run::run_session(registry, roots, options, {.clock = clock, .log = log, .observer = observer});
    CHECK(result.was_stopped);
    CHECK(observer.notices == std::vector<std::string>{"stop requested: finishing 1 running, starting no more"});
    REQUIRE(ran.size() == 1);

    auto state = store::StateFile::open_read_only(*options.state);
    store::History history(state);
    for (const AnyTask& task : roots) {
        const auto attempts = history.attempts_of(task.id());
        CHECK(attempts.size() == (task == AnyTask(Terminate{std::stoi(ran.front())}) ? 1 : 0));
        for (const auto& attempt : attempts) CHECK(attempt.status == "DONE");
    }
}

TEST_CASE("a run looks once for a complete output, and once more before each task that reads it", "[run]") {
    looked_for.clear();
    made = {"old"};
    const Counted sum{.name = "sum", .from = {"old", "new"}};
    REQUIRE(build(Registry::of<Counted>(), {sum}, {}).succeeded());
    CHECK(looked_for["old"] == 1 + 1);
    CHECK(looked_for["new"] == 2 + 1 + 1);  // by the plan before and after it has the state; when it was made
    CHECK(looked_for["sum"] == 2 + 1);
    looked_for.clear();
    REQUIRE(build(Registry::of<Counted>(), {sum}, {}).succeeded());
    CHECK(looked_for == std::map<std::string, int>{{"sum", 1}, {"old", 1}, {"new", 1}});  // these for staleness only
}

TEST_CASE("setting the clock changes neither the pauses of a run nor its durations", "[run]") {
    const int hours = GENERATE(-1, 1);
    const test::TempDir folder;
    test::FakeLog log;
    worker::NoObserver observer;
    const Registry registry = Registry::of<SetClock>();
    run::SessionOptions options;
    options.state = folder / "state.sqlite";
    const auto began = wall_clock.steady_now();
    const auto result = run::run_session(registry, {SetClock{folder.path(), hours}}, options,
                                         {.clock = wall_clock, .log = log, .observer = observer});
    CHECK(result.succeeded());
    CHECK(wall_clock.steady_now() - began < 30min);  // a pause that follows the clock lasts an hour

    auto state = store::StateFile::open_read_only(*options.state);
    store::History history(state);
    const auto run = history.runs(1).at(0);
    CHECK(*run.ended >= run.started);
    CHECK(*run.ended - run.started < 30min);
    const auto attempts = history.attempts_of(AnyTask(SetClock{folder.path(), hours}).id());
    REQUIRE(attempts.size() == 2);
    for (const auto& attempt : attempts) {
        CHECK(*attempt.ended >= attempt.started);
        CHECK(*attempt.ended - attempt.started < 30min);
    }
}
