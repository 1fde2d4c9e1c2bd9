// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/records.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::scheduler;

namespace {

Time at(std::int64_t nanoseconds) { return Time(Time::duration(nanoseconds)); }

void fill(SchedulerState& state, Task& task) {
    task.status = Status::disabled;
    task.priority = 1.5;
    task.retry_at = at(30);
    task.expires_at = at(40);
    task.runnable = task.batchable = task.accepts_messages = task.retries_exhausted = true;
    task.failure_class = FailureClass::not_ready;
    task.lease = 7;
    task.attempts = 8;
    task.transient_failures = 9;
    task.family = state.symbol("A");
    task.module = state.symbol("m");
    task.params = {{"p", "1"}, {"q", "\"2\""}};
    task.visibilities = state.tasks.visibility({{"q", 1}});
    task.name_params = state.tasks.name_params({"p"});
    task.resources = state.tasks.resource_request({{"db", 2}});
    task.policy = state.tasks.policy({.retry_count = 3});
    task.workers = state.tasks.worker_set({state.symbol("W"), state.symbol("V")});
    task.stakeholders = state.tasks.worker_set({state.symbol("W")});
    task.worker_running = state.symbol("W");
    task.resources_running = state.no_resources;
    task.time_running = at(50);
    task.batch = state.symbol("b");
    task.expl = state.symbol("why");
    Details& more = details(task);
    more.tracking_url = "http://x";
    more.status_message = "half";
    more.progress_percentage = 50;
    more.failures = {at(1), at(2)};
    more.first_failure = at(1);
    more.disabled_by_scheduler = true;
    more.full_disk = state.symbol("W");
    more.scheduling_failure = {state.symbol("W"), state.symbol("")};
    more.responses = {{"m1", "yes"}};
    more.statistics = Json::Object{{"rows", 5}};
}

/// The persistent format: files of earlier versions have it.
const std::string saved_task =
    R"({"status":"DISABLED","sequence":1,"priority":1.5,"created":10,"updated":10,"wake":30,"remove":40,)"
    R"("runnable":true,"batchable":true,"accepts_messages":true,"given_up":true,"failed_as":"not_yet","lease":7,)"
    R"("attempts":8,"tries":9,"family":"A","module":"m","params":{"p":"1","q":"\"2\""},"visibilities":{"q":1},"name_params":["p"],)"
    R"("resources":{"db":2},"policy":{"retry_count":3,"disable_hard_timeout":null,"disable_window":null},)"
    R"("workers":["W","V"],"stakeholders":["W"],"runner":"W",)"
    R"("resources_running":{},"time_running":50,"batch":"b","expl":"why","deps":["B_1"],)"
    R"("details":{"tracking_url":"http://x","status_message":"half","progress_percentage":50,)"
    R"("disabled_by_scheduler":true,"first_failure":1,"failures":[1,2],"disk_full":"W","unplanned_by":"W","unplanned_why":"",)"
    R"("responses":{"m1":"yes"},"statistics":{"rows":5}}})";

}  // namespace

TEST_CASE("the format of a saved task does not change", "[scheduler][records]") {
    SchedulerState state({}, 1);
    const TaskId id = state.tasks.add("A_1", at(10));
    state.tasks.set_dependencies(id, std::vector<std::string>{"B_1"}, TaskTable::DependencyUpdate::replace);
    state.tasks.change(id, [&](Task& task) { fill(state, task); });
    const Record record = task_record(state, id);
    CHECK(record.content == saved_task);
    CHECK(record.params == R"({"p":"1","q":"\"2\""})");
}

TEST_CASE("a saved task is restored exactly", "[scheduler][records]") {
    SchedulerState state({}, 1);
    RestoredTask restored = TaskReader(state).read("A_1", saved_task);
    CHECK(restored.deps == std::vector<std::string>{"B_1"});
    const TaskId id = state.tasks.restore(std::move(restored.task));
    state.tasks.set_dependencies(id, restored.deps, TaskTable::DependencyUpdate::replace);
    CHECK(task_record(state, id).content == saved_task);
}

TEST_CASE("defaults of a task are not saved", "[scheduler][records]") {
    SchedulerState state({}, 1);
    const TaskId id = state.tasks.add("A_1", at(10));
    CHECK(task_record(state, id).content == R"({"status":"UNKNOWN","sequence":1,"created":10,"updated":10})");
}

TEST_CASE("unknown members of a saved task are ignored, wrong types are not", "[scheduler][records]") {
    SchedulerState state({}, 1);
    TaskReader reader(state);
    CHECK(reader.read("A_1", R"({"later":{"x":[1]},"lease":4})").task.lease == 4);
    CHECK_THROWS_AS(reader.read("A_1", R"({"lease":"4"})"), Error);
    CHECK_THROWS_AS(reader.read("A_1", R"({"status":"ODD"})"), Error);
    CHECK_THROWS_AS(reader.read("A_1", R"({"created":-1})"), Error);
    CHECK_THROWS_AS(reader.read("A_1", "[]"), Error);
}

TEST_CASE("the format of a saved worker does not change", "[scheduler][records]") {
    SchedulerState state({}, 1);
    const std::string saved =
        R"({"started":10,"asks_for_work":true,"disabled":true,"host":"h","info":{"workers":2},)"
        R"("messages":[{"name":"n","kwargs":{"a":1}}],"batchers":{"A":{"parameters":["p"],"largest":null}}})";
    const Worker worker = worker_from_record(state, "W", saved, at(99));
    CHECK(worker.last_active == at(99));
    CHECK(worker.last_get_work == at(99));
    CHECK(worker_record(worker).content == saved);
    const std::string away =
        R"({"started":0,"batchers":{"A":{"parameters":["p"],"largest":3}},"away":true,"last_active":20})";
    CHECK(worker_from_record(state, "W", away, at(99)).last_active == at(20));
    CHECK(worker_record(worker_from_record(state, "W", away, at(99))).content == away);
}

TEST_CASE("the format of the saved settings does not change", "[scheduler][records]") {
    SchedulerState state({.rates = {"server"}}, 1);
    CHECK(settings_record(state) == R"({"paused":false,"limits":{},"leases":0,"messages":0})");
    const std::string saved =
        R"({"paused":true,"limits":{"db":2},"leases":10000,"messages":3,"rates":{"server":[[60000000000,1]]}})";
    restore_settings(state, saved);
    CHECK(state.limits.at("db") == 2);
    CHECK(state.last_lease == 10000);
    CHECK(settings_record(state) == saved);
}
