// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "cli/toys.hpp"
#include "store/state_file.hpp"
#include "target/invalidated.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace freshet::test {

namespace {

/// Fails before others start.
struct First {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&First::folder>("where nothing goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "first"); }
    double priority() const { return 1; }
    void run() const { throw Error("read 'tape': no such device"); }
};

struct Pair {
    std::filesystem::path folder;
    static constexpr TaskKind kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Pair::folder>("where the file goes").required()};
    std::vector<AnyTask> requirements() const { return {Number{.folder = folder, .value = 1}, First{folder}}; }
};

/// The sum of two numbers, complete, and the done cooldown over.
struct CompleteSum : TestProgram {
    CompleteSum() {
        REQUIRE(run({"run", "Sum", "--folder", data(), "--last", "2"}) == 0);
        clock.advance(std::chrono::minutes(1));
    }

    int of_sum(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin() + 1, {"Sum", "--folder", data(), "--last", "2"});
        return run(arguments);
    }

    std::string path(const std::string& name) const { return data() + "/" + name; }
    bool is_there(const std::string& name) const { return lexists(path(name)); }
    /// The outputs that are there: "number-1 sum ".
    std::string there() const {
        std::string names;
        for (const char* name : {"number-1", "number-2", "sum"})
            if (is_there(name)) names += std::string(name) + " ";
        return names;
    }
};

}  // namespace

TEST_CASE("invalidate moves the output of the task aside and says where to", "[invalidate]") {
    CompleteSum toys;
    CHECK(toys.of_sum({"invalidate"}) == 0);
    CHECK(toys.output() == "Sum(folder=" + toys.data() + ", last=2): '" + toys.path("sum") + "' was moved to '" +
                               toys.path(".freshet/invalidated/20260821T060100.000Z/sum") + "'\n");
    CHECK(toys.there() == "number-1 number-2 ");
    CHECK(toys.of_sum({"invalidate"}) == 0);
    CHECK(toys.output() == "nothing to move: no output is there\n");
    CHECK(toys.of_sum({"run"}) == 0);
    CHECK(toys.there() == "number-1 number-2 sum ");
    CHECK(contains(toys.output(), "* 1 ran successfully:"));
}

TEST_CASE("invalidate --dry-run says what would be moved, and changes nothing", "[invalidate]") {
    CompleteSum toys;
    CHECK(toys.of_sum({"invalidate", "--dry-run"}) == 0);
    CHECK(toys.output() ==
          "Sum(folder=" + toys.data() + ", last=2): '" + toys.path("sum") + "' would be moved aside\n");
    CHECK(toys.there() == "number-1 number-2 sum ");
}

TEST_CASE("invalidate --task names a family, an id, its beginning or an output", "[invalidate]") {
    CompleteSum toys;
    CHECK(toys.of_sum({"invalidate", "--task", toys.path("number-1")}) == 0);
    CHECK(toys.there() == "number-2 sum ");
    const auto spelt_otherwise = std::filesystem::relative(toys.path("number-2")).parent_path() / "./number-2";
    CHECK(toys.of_sum({"invalidate", "--task", spelt_otherwise.string()}) == 0);
    CHECK(toys.there() == "sum ");
    toys.clock.advance(std::chrono::minutes(1));
    REQUIRE(toys.of_sum({"run", "--rerun", "Number"}) == 0);
    const std::string id = AnyTask(Number{.folder = toys.data(), .value = 2}).id();
    CHECK(toys.of_sum({"invalidate", "--task", toys.path("number-1")}) == 0);
    CHECK(toys.of_sum({"invalidate", "--task", id.substr(0, id.size() - 1)}) == 0);
    CHECK(toys.there() == "sum ");
    toys.clock.advance(std::chrono::minutes(1));
    REQUIRE(toys.of_sum({"run", "--rerun", "Number"}) == 0);
    toys.clock.advance(std::chrono::minutes(1));
    CHECK(toys.of_sum({"invalidate", "--task", id}) == 0);
    CHECK(toys.there() == "number-1 sum ");
    CHECK(toys.of_sum({"invalidate", "--task", "Number", "--downstream"}) == 0);
    CHECK(toys.there().empty());
}

TEST_CASE("invalidate refuses what it cannot find, and what nobody would make again", "[invalidate]") {
    CompleteSum toys;
    CHECK(toys.of_sum({"invalidate", "--task", "Numbre"}) == 64);
    CHECK(contains(toys.error_output(), "--task: 'Numbre' is neither Sum(folder=" + toys.data() +
                                            ", last=2) nor a family, an id or an output of what it requires; did you "
                                            "mean 'Number'?"));
    CHECK(toys.of_sum({"invalidate", "--task", "Numb"}) == 64);
    CHECK(contains(toys.error_output(), "--task: the ids of 2 tasks begin with 'Numb', such as 'Number_"));
    CHECK(toys.run({"invalidate", "Report", "--folder", toys.data(), "--delivered", "--task", "Delivery"}) == 64);
    CHECK(contains(toys.error_output(), "is external: nothing here makes it again"));
    CHECK(toys.there() == "number-1 number-2 sum ");
}

TEST_CASE("nothing is moved while a run uses the state", "[invalidate]") {
    CompleteSum toys;
    const auto path = toys.folder / "toys.sqlite";
    const auto owner = store::StateFile::open_exclusive(
        path, {.host = "mill", .pid = 42, .since = FakeClock::start, .command = "toys run Sum", .is_sharing = true});
    for (const char* command : {"invalidate", "run"}) {
        std::vector<std::string> arguments{command, "--state", path.string()};
        if (arguments.front() == "run") arguments.insert(arguments.end(), {"--rerun", "Sum"});
        CHECK(toys.of_sum(arguments) == 10);
        CHECK(contains(toys.error_output(), "toys run Sum"));
    }
    CHECK(toys.there() == "number-1 number-2 sum ");
}

TEST_CASE("run --rerun runs tasks again that a complete task requires", "[run]") {
    CompleteSum toys;
    const auto sum = std::filesystem::last_write_time(toys.path("sum"));
    CHECK(toys.of_sum({"run", "--rerun", toys.path("number-1")}) == 0);
    CHECK(contains(toys.output(), "* 1 ran successfully:\n    - 1 Number("));
    CHECK(contains(toys.error_output(), "runs again: '" + toys.path("number-1") + "' was moved to '"));
    CHECK(std::filesystem::last_write_time(toys.path("sum")) == sum);
}

TEST_CASE("run --rerun --downstream runs those again that require it, too", "[run]") {
    CompleteSum toys;
    CHECK(toys.of_sum({"run", "--rerun", toys.path("number-1"), "--downstream"}) == 0);
    CHECK(contains(toys.output(), "* 2 ran successfully:"));
    CHECK(toys.there() == "number-1 number-2 sum ");
    CHECK(toys.of_sum({"run", "--downstream"}) == 64);
    CHECK(contains(toys.error_output(), "--downstream is for the tasks that require those of --rerun TASK"));
}

TEST_CASE("run --until runs only what the named tasks require, and them", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--until", "Number"}) == 0);
    CHECK(contains(toys.output(), "* 3 ran successfully:"));
    CHECK_FALSE(lexists(toys.data() + "/sum"));
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--until", "Broken"}) == 64);
    CHECK(contains(toys.error_output(), "--until: 'Broken' is neither Sum("));
}

TEST_CASE("run --except leaves the tasks of a family out, and does not run what requires them", "[run]") {
    TestProgram toys;
    const std::vector<std::string> report{"run", "Report", "--folder", toys.data(), "--broken", "--except"};
    auto arguments = report;
    arguments.push_back("Broken");
    CHECK(toys.run(arguments) == 0);
    CHECK(contains(toys.output(), "* 1 ran successfully:\n    - 1 Number("));
    CHECK(contains(toys.error_output(), "left out: 1 of Broken, and 1 that requires it\n"));
    CHECK_FALSE(lexists(toys.data() + "/report"));
    arguments.back() = "Brokn";
    CHECK(toys.run(arguments) == 64);
    CHECK(contains(toys.error_output(), "did you mean 'Broken'?"));
}

TEST_CASE("run --except leaves out what only the tasks left out require", "[run]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--except", "Sum"}) == 0);
    CHECK(contains(toys.error_output(), "left out: 1 of Sum, and 0 that require it\n"));
    CHECK_FALSE(lexists(toys.data()));
}

TEST_CASE("run --except of complete tasks leaves nothing out", "[run]") {
    TestProgram toys;
    REQUIRE(toys.run({"run", "Number", "--folder", toys.data(), "--value", "7"}) == 0);
    CHECK(toys.run({"run", "Report", "--folder", toys.data(), "--except", "Number"}) == 0);
    CHECK(lexists(toys.data() + "/report"));
}

TEST_CASE("run --fail-fast starts nothing after a failure for good", "[run]") {
    for (const bool fails_fast : {false, true}) {
        TestProgram toys;
        toys.registry = Registry::of<Pair, First, Number>();
        std::vector<std::string> arguments{"run", "Pair", "--folder", toys.data()};
        if (fails_fast) arguments.emplace_back("--fail-fast");
        CHECK(toys.run(arguments) == 30);
        CHECK(contains(toys.error_output(), "failed for good: finishing 0 running, starting no more") == fails_fast);
        CHECK(lexists(toys.data() + "/number-1") != fails_fast);
    }
}

}  // namespace freshet::test
