// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/toys.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

namespace freshet {

namespace {

using test::contains;
using test::TestProgram;

/// Needs two tape drives, while an embedded scheduler has one.
struct Archive {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Archive::folder>("where the file goes").required()};
    Resources resources() const { return {{"tape", 2}}; }
    LocalTarget output() const { return LocalTarget(folder / "archive"); }
    void run() const { output().write("kept"); }
};

/// Fails, and is disabled when it has failed twice within the hour.
struct Fragile {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Fragile::folder>("where nothing goes").required()};
    RetryPolicy retry() const {
        RetryPolicy policy;
        policy.retry_count = 2;
        return policy;
    }
    LocalTarget output() const { return LocalTarget(folder / "fragile"); }
    void run() const { throw Error("read 'tape': no such device"); }
};

/// Says through a pipe that it began, and goes on for ever.
struct Endless {
    std::filesystem::path folder;
    static inline int begun = -1;
    static constexpr Parameter parameters[] = {param<&Endless::folder>("where nothing goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "endless"); }
    void run() const {
        if (::write(begun, ".", 1) != 1) throw Error("write to the pipe");
        for (;;) ::pause();
    }
};

/// Requires the archive.
struct Audit {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Audit::folder>("where the file goes").required()};
    Archive requirements() const { return {folder}; }
    LocalTarget output() const { return LocalTarget(folder / "audit"); }
    void run() const { output().write("fine"); }
};

/// Leaves a note beside its output.
struct Remark {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Remark::folder>("where the file goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "remark"); }
    void run(Context& context) const {
        context.add_metadata("note", "half of the milk was missing");
        output().write("fine");
    }
};

/// Fails without a tape.
struct Wobbly {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Wobbly::folder>("where the file goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "wobbly"); }
    void run() const {
        if (!std::filesystem::exists(folder / "tape")) throw Error("read 'tape': no such device");
        output().write("music");
    }
};

/// Is made again when the delivery changes.
struct Extract {
    std::filesystem::path folder;
    static constexpr Staleness staleness = Staleness::rerun;
    static constexpr Parameter parameters[] = {param<&Extract::folder>("where the file goes").required()};
    test::Delivery requirements() const { return {folder}; }
    LocalTarget output() const { return LocalTarget(folder / "extract"); }
    void run() const { output().write(inputs(*this).read()); }
};

/// Copies the delivery, unless its path is blocked, and takes along what requires it.
template <Isolation where>
struct Careful {
    std::filesystem::path folder;
    static constexpr std::string_view family = "Careful";
    static constexpr Isolation isolation = where;
    static constexpr Staleness staleness = Staleness::rerun_downstream;
    static constexpr Parameter parameters[] = {param<&Careful::folder>("where the file goes").required()};
    test::Delivery requirements() const { return {folder}; }
    LocalTarget output() const { return LocalTarget(folder / "careful"); }
    void run() const {
        if (output().exists()) throw Error("its output is there");
        if (std::filesystem::exists(folder / "block")) throw Error("the path is blocked");
        output().write(inputs(*this).read());
    }
};

/// Writes in place.
template <Isolation where>
struct AfterCareful {
    std::filesystem::path folder;
    static constexpr std::string_view family = "AfterCareful";
    static constexpr Isolation isolation = where;
    static constexpr Parameter parameters[] = {param<&AfterCareful::folder>("where the file goes").required()};
    Careful<where> requirements() const { return {folder}; }
    LocalTarget output() const { return LocalTarget(folder / "after"); }
    void run() const {
        if (std::filesystem::exists(folder / "block-after")) throw Error("the path is blocked");
        std::ofstream(folder / "after") << "after " << inputs(*this).read();
    }
};

template <Isolation where>
void check_stale_outputs_stay() {
    TestProgram toys;
    toys.registry = Registry::of<Careful<where>, AfterCareful<where>, test::Delivery>();
    const auto run = [&] { return toys.run({"run", "AfterCareful", "--folder", toys.data()}); };
    const auto content = [&](const std::string& name) { return LocalTarget(toys.data() + "/" + name).read(); };
    LocalTarget(toys.data() + "/delivery").write("milk");
    REQUIRE(run() == 0);
    LocalTarget(toys.data() + "/delivery").write("honey");

    LocalTarget(toys.data() + "/block").write("");
    CHECK(run() == 30);
    CHECK(content("careful") == "milk");
    CHECK(content("after") == "after milk");
    std::filesystem::rename(toys.data() + "/block", toys.data() + "/block-after");
    CHECK(run() == 30);
    CHECK(content("careful") == "honey");
    CHECK(content(".freshet/careful.stale") == "milk");
    CHECK(content("after") == "after milk");

    std::filesystem::remove(toys.data() + "/block-after");
    toys.run({"plan", "AfterCareful", "--folder", toys.data()});
    CHECK(contains(toys.output(), "  runs again AfterCareful("));
    CHECK(run() == 0);
    CHECK(content("after") == "after honey");
    CHECK(toys.run({"verify"}) == 0);
    CHECK(run() == 0);
    CHECK(contains(toys.output(), "Did not run any tasks"));
}

}  // namespace

TEST_CASE("why says that nothing blocks a task that never ran", "[why]") {
    TestProgram toys;
    CHECK(toys.run({"why", "Number", "--folder", toys.data()}) == 0);
    CHECK(toys.output() == "Number(folder=" + toys.data() + ") has never run, and nothing blocks it: '" + toys.data() +
                               "/number-0' does not exist\n");
}

TEST_CASE("plan, log, summary and why explain in the same words that a task can never run", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Archive, Audit>();
    const std::string archive = "Archive(folder=" + toys.data() + ")";
    const std::string never = "can never run: it needs 2 of 'tape', of which there is 1\n";
    CHECK(toys.run({"plan", "Audit", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "1 of 2 tasks would run"));
    CHECK(contains(toys.output(), "  " + archive + " " + never));
    CHECK(toys.run({"run", "Audit", "--folder", toys.data()}) == 25);
    CHECK(contains(toys.error_output(), "it " + never));
    CHECK(contains(toys.output(), archive + ": " + never));
    CHECK(contains(toys.output(), "Audit(folder=" + toys.data() + "): waits for " + archive + ", which " + never));
    CHECK(toys.run({"why", "Archive", "--folder", toys.data()}) == 0);
    CHECK(toys.output() == archive + " " + never);
    CHECK(toys.run({"why", "Audit", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), " waits for " + archive + ", which " + never));
}

TEST_CASE("the section resources limits what a local run uses, and run, why and config know it", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Archive>();
    const auto limited = [&](const std::string& limit, const std::vector<std::string>& command) {
        std::vector<std::string> arguments{command};
        for (const auto& word : {std::string("Archive"), std::string("--folder"), toys.data(), std::string("--config"),
                                 toys.config("[resources]\ntape = " + limit + "\n")})
            arguments.push_back(word);
        return toys.run(arguments);
    };
    CHECK(limited("0", {"why"}) == 0);
    CHECK(contains(toys.output(), " can never run: it needs 2 of 'tape', of which there are 0\n"));
    CHECK(limited("2", {"why"}) == 0);
    CHECK(contains(toys.output(), " has never run, and nothing blocks it: "));
    CHECK(limited("2", {"config"}) == 0);
    CHECK(contains(toys.output(), "[resources]\n  tape = 2  "));
    CHECK(limited("-1", {"config"}) == 78);
    CHECK(contains(toys.error_output(), "toys.toml:2: [resources] tape: '-1' is below 0"));
    CHECK(limited("'1/minute'", {"run"}) == 25);
    CHECK(limited("'2/minute'", {"run"}) == 0);
}

TEST_CASE("after kill -9 of a run nothing says that its task is running", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Endless>();
    const auto call = [&](const std::string& command) {
        CHECK(toys.run({command, "Endless", "--folder", toys.data()}) == 0);
        return toys.output();
    };
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    Endless::begun = ends[1];
    const ::pid_t child = ::fork();
    if (child == 0) ::_exit(toys.run({"run", "Endless", "--folder", toys.data()}));
    char byte = 0;
    REQUIRE(::read(ends[0], &byte, 1) == 1);
    CHECK(contains(call("why"), ") has been running since 2026-08-21T06:00:00Z (attempt 1 by Worker(salt="));
    CHECK(contains(call("list"), "1 RUNNING"));
    CHECK(contains(call("history"), "  not ended  attempt 1  RUNNING"));

    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(contains(call("why"), ") was begun at 2026-08-21T06:00:00Z (attempt 1 by Worker(salt="));
    CHECK(contains(toys.output(), ", but was lost: its process died; "));
    CHECK(contains(toys.output(), "; the next run tries it again\n"));
    CHECK(contains(call("list"), "1 LOST"));
    CHECK(contains(call("history"), "  died  attempt 1  LOST"));
    CHECK(toys.run({"history"}) == 0);
    CHECK(contains(toys.output(), "  died  no exit status  toys run Endless"));
    for (const int end : ends) ::close(end);
}

TEST_CASE("a task that its retry policy disabled is not run again, and run and why say so", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Fragile>();
    const std::vector<std::string> run{"run", "Fragile", "--folder", toys.data()};
    for (int failures = 0; failures < 2; ++failures) {
        CHECK(toys.run(run) == 30);
        CHECK(contains(toys.output(), "): read 'tape': no such device\n"));
    }
    CHECK(toys.run(run) == 30);
    CHECK(contains(toys.output(), "): disabled by the scheduler: read 'tape': no such device\n"));
    CHECK(toys.run({"history", "Fragile", "--folder", toys.data()}) == 0);
    CHECK(!contains(toys.output(), "attempt 3"));
    CHECK(toys.run({"why", "Fragile", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(),
                   "failed at attempt 2 at 2026-08-21T06:00:00Z: read 'tape': no such device; disabled "
                   "after too many failures; re-enabled at 2026-08-22T06:00:00Z\n"));
    CHECK(toys.run({"plan", "Fragile", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "0 of 1 tasks would run, 0 are complete\n  Fragile(folder=" + toys.data() +
                                      ") failed at attempt 2 at 2026-08-21T06:00:00Z: read 'tape': no such device; "
                                      "disabled after too many failures"));
    CHECK(toys.run({"plan", "Fragile", "--folder", toys.data(), "--state", toys.data() + "/other.sqlite"}) == 0);
    CHECK(contains(toys.output(), "1 of 1 tasks would run, "));
    toys.clock.advance(std::chrono::hours(25));
    CHECK(toys.run({"plan", "Fragile", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "1 of 1 tasks would run, "));
    CHECK(toys.run(run) == 30);
    CHECK(contains(toys.output(), "): read 'tape': no such device\n"));
}

TEST_CASE("why names the attempt that made a complete task", "[why]") {
    TestProgram toys;
    toys.run({"run", "Number", "--folder", toys.data()});
    CHECK(toys.run({"why", "Number", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "is complete: attempt 1 on "));
    CHECK(contains(toys.output(), " made '" + toys.data() + "/number-0' from "));
}

TEST_CASE("why, the receipt, the history and the log have one number for an attempt", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Wobbly>();
    const std::vector<std::string> run{"run", "Wobbly", "--folder", toys.data()};
    CHECK(toys.run(run) == 30);
    CHECK(contains(toys.error_output(), "failed at attempt 1"));
    CHECK(toys.run(run) == 30);
    CHECK(contains(toys.error_output(), "failed at attempt 2"));
    LocalTarget(std::filesystem::path(toys.data()) / "tape").write("music");
    CHECK(toys.run(run) == 0);
    CHECK(toys.run({"why", "Wobbly", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "is complete: attempt 3 on "));
    CHECK(toys.run({"history", "Wobbly", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "attempt 3  DONE"));
}

TEST_CASE("why quotes the note that a task left beside its output", "[why]") {
    TestProgram toys;
    toys.registry = Registry::of<Remark>();
    toys.run({"run", "Remark", "--folder", toys.data()});
    CHECK(toys.run({"why", "Remark", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "; half of the milk was missing\n"));
}

TEST_CASE("why says when an output was not made by a run", "[why]") {
    TestProgram toys;
    LocalTarget(std::filesystem::path(toys.data()) / "delivery").write("milk");
    CHECK(toys.run({"why", "Delivery", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "without a receipt: no run on record made it"));
}

TEST_CASE("why gives the time and the reason of a failure", "[why]") {
    TestProgram toys;
    toys.run({"run", "Report", "--folder", toys.data(), "--broken"});
    CHECK(toys.run({"why", "Broken", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), "Broken(folder=" + toys.data() +
                                      ") failed at attempt 1 at 2026-08-21T06:00:00Z: read 'tape': no such device; "
                                      "the next run tries it again\n"));
}

TEST_CASE("why names the command that ends the pause of a state", "[why]") {
    TestProgram toys;
    const auto state = toys.folder / "my state.sqlite";
    const std::vector<std::string> of_task{"Broken", "--folder", toys.data(), "--state", state.string()};
    const auto call = [&](const std::string& command) {
        std::vector<std::string> arguments{command};
        arguments.insert(arguments.end(), of_task.begin(), of_task.end());
        return toys.run(arguments);
    };
    CHECK(call("run") == 30);
    CHECK(call("why") == 0);
    CHECK(!contains(toys.output(), "paused"));
    {
        auto file = store::StateFile::open_exclusive(state, {});
        test::FakeLog log;
        scheduler::Scheduler scheduler(file, log, {}, toys.clock.now());
        scheduler.execute(std::vector<rpc::Request>{rpc::Pause{}}, toys.clock.now());
    }
    CHECK(call("why") == 0);
    CHECK(contains(toys.output(), "; the scheduler is paused: no task is started until `freshet unpause --state '" +
                                      state.string() + "'`\n"));
}

TEST_CASE("why follows the requirements of a waiting task to the root cause", "[why]") {
    TestProgram toys;
    toys.run({"run", "Report", "--folder", toys.data(), "--broken", "--early"});
    CHECK(toys.run({"why", "Report", "--folder", toys.data(), "--broken", "--early"}) == 0);
    CHECK(contains(toys.output(), " waits for Broken(folder=" + toys.data() + "), which failed at attempt 1"));
    CHECK(toys.run({"why", "Report", "--folder", toys.data(), "--delivered"}) == 0);
    CHECK(contains(toys.output(), " waits for Delivery(folder=" + toys.data() + "): '" + toys.data() +
                                      "/delivery' does not exist (external task)"));
    CHECK(toys.run({"why", "Delivery", "--folder", toys.data()}) == 0);
    CHECK(contains(toys.output(), ") is made by another program, and waited for: '" + toys.data() + "/delivery'"));
}

TEST_CASE("why and history accept the id of a task in the state", "[why]") {
    TestProgram toys;
    const AnyTask broken = test::Broken{toys.data()};
    toys.run({"run", "Broken", "--folder", toys.data()});
    CHECK(toys.run({"why", broken.id()}) == 0);
    CHECK(contains(toys.output(), broken.description() + " failed at attempt 1"));
    CHECK(toys.run({"history", broken.id()}) == 0);
    CHECK(contains(toys.output(), "attempt 1  FAILED (permanent): read 'tape': no such device"));
    CHECK(toys.run({"why", "Broken_x_0123456789"}) == 64);
    CHECK(contains(toys.error_output(), "why: no task 'Broken_x_0123456789' in the state"));
}

TEST_CASE("history lists the runs with their exit status", "[history]") {
    TestProgram toys;
    CHECK(toys.run({"history"}) == 0);
    CHECK(contains(toys.output(), "no runs yet"));
    toys.run({"run", "Broken", "--folder", toys.data()});
    CHECK(toys.run({"history"}) == 0);
    CHECK(contains(toys.output(), "2026-08-21T06:00:00Z"));
    CHECK(contains(toys.output(), "exit 30"));
    CHECK(contains(toys.output(), "toys run Broken --folder " + toys.data() + ": 1 task: 1 failed"));
}

TEST_CASE("the command of a run is recorded as a shell takes it", "[history]") {
    TestProgram toys;
    toys.run({"run", "Broken", "--folder", toys.data() + "/two words"});
    CHECK(toys.run({"history"}) == 0);
    CHECK(contains(toys.output(), "toys run Broken --folder '" + toys.data() + "/two words': 1 task: 1 failed"));
}

TEST_CASE("list counts the tasks of each family and shows the latest", "[list]") {
    TestProgram toys;
    toys.run({"run", "Report", "--folder", toys.data(), "--broken"});
    CHECK(toys.run({"list"}) == 0);
    CHECK(contains(toys.output(), "\n  Number                      1 DONE\n"));
    CHECK(contains(toys.output(), "\n  Broken                      1 FAILED\n"));
    CHECK(contains(toys.output(), "\n  Sum                         -\n"));
    CHECK(toys.run({"list", "Number", "--value", "8"}) == 0);
    CHECK(!contains(toys.output(), "DONE"));
    CHECK(toys.run({"list", "Number", "--value", "007"}) == 0);
    CHECK(contains(toys.output(), "Number(folder=" + toys.data() + ", value=7)"));
}

TEST_CASE("verify reports outputs that differ from their receipts", "[verify]") {
    TestProgram toys;
    toys.run({"run", "Sum", "--folder", toys.data()});
    CHECK(toys.run({"verify", "Sum", "--folder", toys.data()}) == 0);
    CHECK(toys.output() == "4 of 4 published outputs match their receipts\n");
    std::filesystem::resize_file(toys.data() + "/number-2", 0);
    CHECK(toys.run({"verify"}) == 30);
    CHECK(contains(toys.output(), "changed: Number(folder=" + toys.data() + ", value=2): "));
    CHECK(contains(toys.output(), "3 of 4 published outputs match their receipts: 1 changed\n"));
}

TEST_CASE("verify names a published output that was deleted, and a task that is not complete", "[verify]") {
    TestProgram toys;
    toys.run({"run", "Sum", "--folder", toys.data()});
    std::filesystem::remove(toys.data() + "/number-2");
    CHECK(toys.run({"verify", "Sum", "--folder", toys.data()}) == 30);
    CHECK(contains(toys.output(), "missing: Number(folder=" + toys.data() + ", value=2): '" + toys.data() +
                                      "/number-2' is missing: it was published at "));
    CHECK(contains(toys.output(), "3 of 4 published outputs match their receipts: 1 missing\n"));
    CHECK(toys.run({"verify", "Number", "--folder", toys.data(), "--value", "9"}) == 30);
    CHECK(contains(toys.output(), "the task is not complete\n"));
}

TEST_CASE("plan, why and verify say that a complete task is stale, and run leaves it", "[stale]") {
    TestProgram toys;
    const std::filesystem::path delivery = std::filesystem::path(toys.data()) / "delivery";
    const std::vector<std::string> report{"Report", "--folder", toys.data(), "--delivered"};
    const auto call = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), report.begin(), report.end());
        return toys.run(arguments);
    };
    LocalTarget(delivery).write("milk");
    REQUIRE(call({"run"}) == 0);
    CHECK(call({"verify"}) == 0);
    CHECK(call({"plan"}) == 0);
    CHECK_FALSE(contains(toys.output(), "stale"));

    LocalTarget(delivery).write("sour milk");
    const std::string reason = "'" + toys.data() + "/report' was made from '" + delivery.string() +
                               "', which has changed since: it had 4 bytes and has 9\n";
    CHECK(call({"plan"}) == 0);
    CHECK(contains(toys.output(), "  is stale, but complete: Report("));
    CHECK(contains(toys.output(), reason));
    CHECK(call({"why"}) == 0);
    CHECK(contains(toys.output(), "; it is stale, but not made again: " + reason));
    CHECK(call({"verify"}) == 30);
    CHECK(contains(toys.output(), "stale: Report("));
    CHECK(call({"run"}) == 0);
    CHECK(contains(toys.output() + toys.error_output(), "Did not run any tasks"));
}

TEST_CASE("a run makes a stale task again whose class says so, once", "[stale]") {
    TestProgram toys;
    toys.registry = Registry::of<Extract, test::Delivery>();
    const std::filesystem::path folder = toys.data();
    const std::vector<std::string> run{"run", "Extract", "--folder", toys.data()};
    LocalTarget(folder / "delivery").write("milk");
    REQUIRE(toys.run(run) == 0);
    LocalTarget(folder / "delivery").write("honey");
    toys.run({"plan", "Extract", "--folder", toys.data()});
    CHECK(contains(toys.output(), "1 of 1 tasks would run, 0 are complete, in this order:\n  runs again Extract("));
    CHECK(toys.run(run) == 0);
    CHECK(contains(toys.output() + toys.error_output(), "is stale and runs again: "));
    CHECK(LocalTarget(folder / "extract").read() == "honey");
    CHECK(toys.run(run) == 0);
    CHECK(contains(toys.output() + toys.error_output(), "Did not run any tasks"));
}

TEST_CASE("stale outputs stay until others are published in their place, however often that fails", "[stale]") {
    SECTION("on a thread") { check_stale_outputs_stay<Isolation::thread>(); }
    SECTION("in a process") { check_stale_outputs_stay<Isolation::process>(); }
}

}  // namespace freshet
