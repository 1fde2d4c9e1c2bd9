// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet {

namespace {

using test::contains;
using test::TestProgram;

/// Is there, fails for good, or only at first, or is not ready, as its name says.
struct Source {
    std::filesystem::path folder;
    std::string name;
    static constexpr Parameter parameters[] = {param<&Source::folder>("where the file goes").required(),
                                               param<&Source::name>("which").required()};
    LocalTarget output() const { return LocalTarget(folder / name); }
    RetryPolicy retry() const { return {.attempts = 2, .first_pause = std::chrono::milliseconds(1)}; }
    void run(Context& context) const {
        if (name == "dead") throw Error("fetch 'dead': gone");
        if (name == "late") throw TransientError("fetch 'late': not available yet", FailureClass::not_ready);
        if (name == "flaky" && context.attempt() == 1) throw TransientError("fetch 'flaky': try again");
        output().write(name);
    }
};

/// A source in another form.
struct Cleaned {
    std::filesystem::path folder;
    std::string name;
    static constexpr Parameter parameters[] = {param<&Cleaned::folder>("where the file goes").required(),
                                               param<&Cleaned::name>("which").required()};
    Source requirements() const { return {folder, name}; }
    LocalTarget output() const { return LocalTarget(folder / ("clean-" + name)); }
    void run() const { output().write(name); }
};

/// Joins what there is of its sources, and says what there is not.
struct Collect {
    std::filesystem::path folder;
    std::vector<std::string> names;
    bool from_outside = false;
    bool is_nested = false;
    std::string needed{};
    static constexpr RequirementRule requirement_rule = RequirementRule::all_finished;
    static constexpr Parameter parameters[] = {
        param<&Collect::folder>("where the file goes").required(), param<&Collect::names>("of the sources"),
        param<&Collect::from_outside>("and a delivery"), param<&Collect::is_nested>("and another collection of them"),
        param<&Collect::needed>("and a source that it finds out while it runs")};
    std::vector<AnyTask> requirements() const {
        std::vector<AnyTask> tasks;
        for (const std::string& name : names) tasks.push_back(Cleaned{folder, name});
        if (from_outside) tasks.push_back(test::Delivery{folder});
        if (is_nested) tasks.push_back(Collect{folder, names});
        return tasks;
    }
    LocalTarget output() const {
        return LocalTarget(folder / (is_nested ? "collection-of-collections" : "collection"));
    }
    Outcome run(Context& context) const {
        if (!needed.empty() && !context.require(Source{folder, needed})) return Outcome::waiting;
        std::string text;
        for (const AnyTask& failed : context.failed_requirements())
            text += std::string(failed.type().family) + " " +
                    failed.values().at(failed.type().family == "Cleaned" ? "name" : "folder") + "\n";
        output().write(text.empty() ? "whole" : "without " + text);
        return Outcome::done;
    }
};

struct AfterCollect {
    std::filesystem::path folder;
    std::vector<std::string> names;
    static constexpr Parameter parameters[] = {param<&AfterCollect::folder>("where the file goes").required(),
                                               param<&AfterCollect::names>("of the sources")};
    Collect requirements() const { return {folder, names}; }
    LocalTarget output() const { return LocalTarget(folder / "after"); }
    void run() const { output().write("after"); }
};

struct CollectProgram : TestProgram {
    CollectProgram() { registry = Registry::of<Source, Cleaned, Collect, AfterCollect, test::Delivery>(); }

    int run_task(const std::string& family, const std::string& names, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{"run", family, "--folder", data(), "--names", names};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    std::string content(const std::string& name) const {
        const LocalTarget file(std::filesystem::path(data()) / name);
        return file.exists() ? file.read() : "";
    }
};

}  // namespace

TEST_CASE("a task that waits for finished requirements runs without those that failed, and what requires it follows",
          "[requirement_rule]") {
    CollectProgram program;
    CHECK(program.run_task("AfterCollect", "a,dead,b") == 30);
    CHECK(program.content("collection") == "without Cleaned dead\n");
    CHECK(program.content("after") == "after");
    CHECK(contains(program.error_output(), "runs although not all of its requirements are complete"));
    CHECK(program.run_task("AfterCollect", "a,dead,b") == 0);
    CHECK(contains(program.output(), "Did not run any tasks"));
    CHECK(program.run({"plan", "AfterCollect", "--folder", program.data(), "--names", "a,dead,b"}) == 0);
    CHECK(contains(program.output(), "0 of 1 tasks would run, 1 are complete"));
}

TEST_CASE("a task that waits for finished requirements waits for a retry", "[requirement_rule]") {
    const CollectProgram program;  // for its folder: its clock stands still
    CHECK(build(program.registry, {Collect{program.data(), {"a", "flaky"}}}).succeeded());
    CHECK(program.content("collection") == "whole");
}

TEST_CASE("what is not ready is finished only when the deadline of the run is over", "[requirement_rule]") {
    CollectProgram program;
    CHECK(program.run_task("Collect", "a,late") == 75);
    CHECK(program.content("collection").empty());
    CHECK(program.run_task("Collect", "a,late", {"--wait-until", "2026-08-21T05"}) == 75);
    CHECK(program.content("collection") == "without Cleaned late\n");
}

TEST_CASE("an external task that is missing is finished only when the deadline of the run is over",
          "[requirement_rule]") {
    CollectProgram program;
    CHECK(program.run_task("Collect", "a", {"--from-outside"}) == 20);
    CHECK(program.content("collection").empty());
    CHECK(program.run_task("Collect", "a", {"--from-outside", "--wait-until", "2026-08-21T05"}) == 20);
    CHECK(program.content("collection") == "without Delivery " + program.data() + "\n");
}

TEST_CASE("what a task that waits for finished requirements finds out to need must be complete", "[requirement_rule]") {
    CollectProgram program;
    CHECK(program.run_task("Collect", "a,dead", {"--needed", "dead"}) == 30);
    CHECK(program.content("collection").empty());
    CHECK(program.run_task("Collect", "a,dead", {"--needed", "b"}) == 30);
    CHECK(program.content("collection") == "without Cleaned dead\n");
    CHECK(program.content("b") == "b");
}

TEST_CASE("of two tasks that wait for finished requirements the required one runs first", "[requirement_rule]") {
    CollectProgram program;
    CHECK(program.run_task("Collect", "a,dead", {"--is-nested", "--workers", "3"}) == 30);
    CHECK(program.content("collection") == "without Cleaned dead\n");
    CHECK(program.content("collection-of-collections") == "without Cleaned dead\n");
}

}  // namespace freshet
