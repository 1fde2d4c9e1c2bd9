// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/exit_status.hpp"

#include "base/config.hpp"
#include "cli/toys.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

TaskResult task_result(TaskStatus status, int value = 0) {
    return {.task = test::Number{.folder = "x", .value = value}, .status = status};
}

ExitStatus exit_status_after(std::vector<TaskResult> tasks) {
    return exit_status_of(SessionResult{{.tasks = std::move(tasks)}});
}

}  // namespace

TEST_CASE("a run in which everything is complete ends with 0", "[exit]") {
    CHECK(exit_status_after({task_result(TaskStatus::done), task_result(TaskStatus::complete)}) == ExitStatus::success);
}

TEST_CASE("a failed task overrides all statuses but a scheduling error", "[exit]") {
    CHECK(exit_status_after({task_result(TaskStatus::failed), task_result(TaskStatus::not_ready),
                             task_result(TaskStatus::not_run), task_result(TaskStatus::done)}) ==
          ExitStatus::task_failed);
}

TEST_CASE("75 requires that nothing went wrong except tasks that are not ready", "[exit]") {
    CHECK(exit_status_after({task_result(TaskStatus::not_ready), task_result(TaskStatus::not_run),
                             task_result(TaskStatus::done)}) == ExitStatus::not_ready);
    CHECK(exit_status_after({task_result(TaskStatus::not_ready), task_result(TaskStatus::missing_external)}) ==
          ExitStatus::missing_data);
    CHECK(exit_status_of(SessionResult{{.tasks = {task_result(TaskStatus::not_ready)}}, true}) == ExitStatus::not_run);
}

TEST_CASE("a signal that leaves nothing undone does not change the exit status", "[exit]") {
    const SessionResult drained{{.tasks = {task_result(TaskStatus::done), task_result(TaskStatus::complete)}}, true};
    CHECK(exit_status_of(drained) == ExitStatus::success);
    const SessionResult cut_short{{.tasks = {task_result(TaskStatus::done), task_result(TaskStatus::not_run)}}, true};
    CHECK(exit_status_of(cut_short) == ExitStatus::not_run);
}

TEST_CASE("a task that was not started for no other reason gives 25", "[exit]") {
    CHECK(exit_status_after({task_result(TaskStatus::not_run)}) == ExitStatus::not_run);
}

TEST_CASE("a run that leaves an event undelivered ends with 36 unless something else went wrong", "[exit]") {
    const auto status = [](TaskStatus task, std::int64_t pending, std::int64_t dead = 0) {
        SessionResult result{{.tasks = {task_result(task)}}};
        result.undelivered = {{.sink = "web", .pending = pending, .dead = dead}};
        return exit_status_of(result);
    };
    CHECK(status(TaskStatus::done, 0) == ExitStatus::success);
    CHECK(status(TaskStatus::done, 1) == ExitStatus::undelivered);
    CHECK(status(TaskStatus::complete, 0, 1) == ExitStatus::undelivered);
    CHECK(status(TaskStatus::not_ready, 1) == ExitStatus::undelivered);
    SessionResult of_removed_sink{{.tasks = {task_result(TaskStatus::done)}}};
    of_removed_sink.undelivered = {{.sink = "web", .pending = 1, .is_configured = false}};
    CHECK(exit_status_of(of_removed_sink) == ExitStatus::success);
    for (const TaskStatus failure : {TaskStatus::failed, TaskStatus::not_run, TaskStatus::running_elsewhere})
        CHECK(status(failure, 1) == status(failure, 0));
}

TEST_CASE("a task that cannot be planned is a scheduling error, greater than a failure", "[exit]") {
    CHECK(exit_status_after({task_result(TaskStatus::failed), task_result(TaskStatus::scheduling_failed)}) ==
          ExitStatus::scheduling_error);
}

TEST_CASE("each exception type has its exit status", "[exit]") {
    CHECK(exit_status_of(ParameterError("x")) == ExitStatus::usage);
    CHECK(exit_status_of(ConfigError("x")) == ExitStatus::configuration);
    CHECK(exit_status_of(store::LockedError("x")) == ExitStatus::already_running);
    CHECK(exit_status_of(StoreError("x")) == ExitStatus::scheduling_error);
    CHECK(exit_status_of(worker::PlanError("x")) == ExitStatus::scheduling_error);
    CHECK(exit_status_of(std::runtime_error("x")) == ExitStatus::unhandled);
    CHECK(exit_status_of(TransientError("x")) == ExitStatus::not_ready);
}

}  // namespace freshet::run
