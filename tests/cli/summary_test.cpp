// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/summary.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

using test::Broken, test::Delivery, test::Number, test::Report, test::Sum, test::contains;

/// An output of which nobody knows what was published.
struct Upload {
    struct Object {
        int number;
        std::string address() const { return "object " + std::to_string(number); }
        bool exists() const { return true; }
    };
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Upload::number>("which")};
    Object output() const { return {number}; }
    void run() const {}
};

SessionResult mixed() {
    return {{.tasks = {{.task = Report{.folder = "x", .broken = true}, .status = TaskStatus::not_run},
                       {.task = Number{.folder = "x", .value = 7}, .status = TaskStatus::complete},
                       {.task = Broken{"x"}, .status = TaskStatus::failed, .attempts = 1, .message = "no such device"},
                       {.task = Number{.folder = "x", .value = 1}, .status = TaskStatus::done, .attempts = 1},
                       {.task = Number{.folder = "x", .value = 2}, .status = TaskStatus::done, .attempts = 1},
                       {.task = Number{.folder = "x", .value = 10}, .status = TaskStatus::done, .attempts = 1},
                       {.task = Delivery{"x"},
                        .status = TaskStatus::missing_external,
                        .message = "'x/delivery' does not exist"}}}};
}

}  // namespace

TEST_CASE("the summary groups the tasks as Luigi does, with the reasons of failures", "[summary]") {
    CHECK(summary(mixed()) == R"(
===== Freshet Execution Summary =====

Scheduled 7 tasks of which:
* 1 complete one was encountered:
    - 1 Number(folder=x, value=7)
* 3 ran successfully:
    - 3 Number(folder=x, value=1...10)
* 1 failed:
    - Broken(folder=x): no such device
* 2 were left pending, among these:
    * 1 was missing external dependencies:
        - Delivery(folder=x): 'x/delivery' does not exist
    * 1 had failed dependencies:
        - 1 Report(folder=x, broken=True)

This progress looks :( because there were failed tasks

===== Freshet Execution Summary =====

)");
}

TEST_CASE("the summary says when no task ran", "[summary]") {
    const auto text = summary({{.tasks = {{.task = Number{.folder = "x"}, .status = TaskStatus::complete}}}});
    CHECK(contains(text, "\nDid not run any tasks\n"));
    CHECK(contains(text, "This progress looks :) because there were no failed tasks or missing dependencies"));
}

TEST_CASE("the summary says once for a family that ran that its outputs cannot be verified", "[summary]") {
    SessionResult result;
    for (int i = 0; i < 3; ++i)
        result.tasks.push_back({.task = Upload{i}, .status = i < 2 ? TaskStatus::done : TaskStatus::complete});
    CHECK(contains(summary(result),
                   "\nOutputs of Upload cannot be verified: the classes of these targets keep no "
                   "receipts\n\nThis progress looks"));
    result.tasks.erase(result.tasks.begin(), result.tasks.begin() + 2);
    CHECK(!contains(summary(result), "cannot be verified"));
}

TEST_CASE("the summary says which sink lacks events and why", "[summary]") {
    SessionResult result;
    result.undelivered = {{.sink = "kafka b:1 t", .pending = 2, .last_error = "no broker"},
                          {.sink = "webhook http://h/", .dead = 1, .last_error = "answered 413"},
                          {.sink = "webhook http://old/", .pending = 3, .dead = 1, .is_configured = false}};
    const auto text = summary(result);
    CHECK(contains(text,
                   "2 events not delivered yet to kafka b:1 t: no broker; the next run or 'deliver' tries again\n"));
    CHECK(contains(text,
                   "1 event not delivered to webhook http://h/, which refused it too often: answered 413; 'events' "
                   "lists, resends or skips it\n"));
    CHECK(contains(text,
                   "4 events for webhook http://old/, which is not in the configuration any more; 'events skip --all "
                   "--sink \"webhook http://old/\"' gives them up\n"));
    CHECK(contains(one_line_summary(result), "; 3 events undelivered"));
}

TEST_CASE("a group has at most five lines", "[summary]") {
    SessionResult result;
    for (int i = 0; i < 7; ++i)
        result.tasks.push_back(
            {.task = Number{.folder = "x", .value = i}, .status = TaskStatus::failed, .message = "so"});
    const auto text = summary(result);
    CHECK(contains(text, "    ... and 2 more\n"));
    CHECK(!contains(text, "value=5"));
}

TEST_CASE("a task that was not run is in the group of the requirement that blocks it, however deep", "[summary]") {
    const std::vector<TaskResult> tasks{{.task = Sum{.folder = "x", .last = 1}, .status = TaskStatus::not_run},
                                        {.task = Number{.folder = "x", .value = 1}, .status = TaskStatus::not_ready},
                                        {.task = Sum{.folder = "x", .last = 0}, .status = TaskStatus::not_run}};
    CHECK(groups_of(tasks) ==
          std::vector{SummaryGroup::missing_dependencies, SummaryGroup::not_ready, SummaryGroup::not_run});
}

TEST_CASE("tasks that differ in one parameter are shown as a range", "[summary]") {
    CHECK(format_task_range({Number{.folder = "x", .value = 9}, Number{.folder = "x", .value = 10},
                             Number{.folder = "x", .value = 2}}) == "Number(folder=x, value=2...10)");
    CHECK(format_task_range({Number{.folder = "x", .value = 1}, Number{.folder = "y", .value = 2}}) ==
          "Number(folder=x, value=1) and Number(folder=y, value=2)");
    CHECK(format_task_range({Number{.folder = "x", .value = 1}, Number{.folder = "y", .value = 2},
                             Number{.folder = "z"}}) == "Number(folder=x, value=1) ...");
    CHECK(format_task_range({Number{.folder = std::string(300, 'x')}}) == "Number(...)");
}

TEST_CASE("the one-line summary has the counts", "[summary]") {
    CHECK(one_line_summary(mixed()) == "7 tasks: 1 complete, 3 ran, 1 failed, 2 pending");
}

}  // namespace freshet::run
