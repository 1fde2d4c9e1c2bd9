// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/exit_status.hpp"

#include "command_line/toys.hpp"
#include "run/configuration_error.hpp"
#include "store/state_file.hpp"
#include "worker/plan.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

TaskReport report(Fate fate, int value = 0) {
    return {.task = test::Number{.folder = "x", .value = value}, .fate = fate};
}

Status after(std::vector<TaskReport> tasks) { return status_of(SessionResult{{.tasks = std::move(tasks)}}); }

}  // namespace

TEST_CASE("a run in which everything is complete ends with 0", "[exit]") {
    CHECK(after({report(Fate::ran), report(Fate::was_complete)}) == Status::complete);
}

TEST_CASE("a failed task decides, whatever else happened", "[exit]") {
    CHECK(after({report(Fate::failed), report(Fate::not_yet), report(Fate::not_started), report(Fate::ran)}) ==
          Status::task_failed);
}

TEST_CASE("75 needs that nothing else happened than not being there yet", "[exit]") {
    CHECK(after({report(Fate::not_yet), report(Fate::not_started), report(Fate::ran)}) == Status::not_there_yet);
    CHECK(after({report(Fate::not_yet), report(Fate::missing)}) == Status::missing_data);
    CHECK(status_of(SessionResult{{.tasks = {report(Fate::not_yet)}}, true}) == Status::not_run);
}

TEST_CASE("what was not started without a reason is not run", "[exit]") {
    CHECK(after({report(Fate::not_started)}) == Status::not_run);
    CHECK(status_of(SessionResult{{.tasks = {report(Fate::ran)}}, true}) == Status::not_run);
}

TEST_CASE("what cannot be planned is a scheduling error, greater than a failure", "[exit]") {
    CHECK(after({report(Fate::failed), report(Fate::unknown)}) == Status::scheduling_error);
}

TEST_CASE("each kind of error has its status", "[exit]") {
    CHECK(status_of(ParameterError("x")) == Status::usage);
    CHECK(status_of(ConfigurationError("x")) == Status::configuration);
    CHECK(status_of(store::OwnedError("x")) == Status::already_running);
    CHECK(status_of(StoreError("x")) == Status::scheduling_error);
    CHECK(status_of(worker::PlanError("x")) == Status::scheduling_error);
    CHECK(status_of(std::runtime_error("x")) == Status::unhandled);
}

}  // namespace freshet::run
