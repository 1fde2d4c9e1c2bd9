// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.hpp"

#include "cli/configuration_error.hpp"
#include "cli/toys.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

TaskResult report(TaskStatus status, int value = 0) {
    return {.task = test::Number{.folder = "x", .value = value}, .status = status};
}

ExitStatus exit_status_after(std::vector<TaskResult> tasks) {
    return exit_status_of(SessionResult{{.tasks = std::move(tasks)}});
}

}  // namespace

TEST_CASE("a run in which everything is complete ends with 0", "[exit]") {
    CHECK(exit_status_after({report(TaskStatus::done), report(TaskStatus::complete)}) == ExitStatus::complete);
}

TEST_CASE("a failed task decides, whatever else happened", "[exit]") {
    CHECK(exit_status_after({report(TaskStatus::failed), report(TaskStatus::not_ready), report(TaskStatus::not_run),
                             report(TaskStatus::done)}) == ExitStatus::task_failed);
}

TEST_CASE("75 needs that nothing else happened than not being there yet", "[exit]") {
    CHECK(exit_status_after({report(TaskStatus::not_ready), report(TaskStatus::not_run), report(TaskStatus::done)}) ==
          ExitStatus::not_ready);
    CHECK(exit_status_after({report(TaskStatus::not_ready), report(TaskStatus::missing_external)}) ==
          ExitStatus::missing_data);
    CHECK(exit_status_of(SessionResult{{.tasks = {report(TaskStatus::not_ready)}}, true}) == ExitStatus::not_run);
}

TEST_CASE("what was not started without a reason is not run", "[exit]") {
    CHECK(exit_status_after({report(TaskStatus::not_run)}) == ExitStatus::not_run);
    CHECK(exit_status_of(SessionResult{{.tasks = {report(TaskStatus::done)}}, true}) == ExitStatus::not_run);
}

TEST_CASE("what cannot be planned is a scheduling error, greater than a failure", "[exit]") {
    CHECK(exit_status_after({report(TaskStatus::failed), report(TaskStatus::scheduling_failed)}) ==
          ExitStatus::scheduling_error);
}

TEST_CASE("each kind of error has its status", "[exit]") {
    CHECK(exit_status_of(ParameterError("x")) == ExitStatus::usage);
    CHECK(exit_status_of(ConfigError("x")) == ExitStatus::configuration);
    CHECK(exit_status_of(store::LockedError("x")) == ExitStatus::already_running);
    CHECK(exit_status_of(StoreError("x")) == ExitStatus::scheduling_error);
    CHECK(exit_status_of(worker::PlanError("x")) == ExitStatus::scheduling_error);
    CHECK(exit_status_of(std::runtime_error("x")) == ExitStatus::unhandled);
}

}  // namespace freshet::run
