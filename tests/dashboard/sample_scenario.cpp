// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "sample_scenario.hpp"

#include <fmt/format.h>

namespace freshet::test {

namespace {

using rpc::Status;
using scheduler::Seconds;

constexpr const char* first_worker = "Worker(host=node1, pid=4711)";
constexpr const char* second_worker = "Worker(host=node2, pid=815)";

std::string fetch(const std::string& cycle, int lead) {
    return fmt::format("FetchLead_{}_{:03}_5e1f0a7c21", cycle, lead);
}
std::string convert(const std::string& cycle, int lead) {
    return fmt::format("ConvertLead_{}_{:03}_9b4d2e6f80", cycle, lead);
}
std::string ingest(const std::string& cycle) { return fmt::format("IngestCycle_{}_0c7a91d3be", cycle); }

void add(SchedulerHarness& harness, const char* worker, rpc::AddTask task) {
    task.worker = worker;
    task.family = SchedulerHarness::family(task.task_id);
    harness.add(std::move(task));
}

void register_cycle(SchedulerHarness& harness, const char* worker, const std::string& cycle, int leads) {
    std::vector<std::string> converts;
    for (int i = 0; i < leads; ++i) converts.push_back(convert(cycle, 3 * i));
    add(harness, worker, {.worker = {}, .task_id = ingest(cycle), .deps = converts, .params = {{"cycle", cycle}}});
    for (int i = 0; i < leads; ++i) {
        const rpc::Parameters params{{"cycle", cycle}, {"lead", std::to_string(3 * i)}};
        add(harness, worker,
            {.worker = {}, .task_id = fetch(cycle, 3 * i), .resources = {{{"downloads", 1}}}, .params = params});
        add(harness, worker,
            {.worker = {}, .task_id = convert(cycle, 3 * i), .deps = {{fetch(cycle, 3 * i)}}, .params = params});
    }
}

/// Lets the worker run tasks until none is assigned.
void run_all(SchedulerHarness& harness, const char* worker, Seconds takes) {
    for (std::string task = harness.gets(worker); !task.empty(); task = harness.gets(worker)) {
        harness.advance(takes);
        harness.reports(worker, task, Status::done);
    }
}

/// Returns the next task of the family that the worker is assigned; completes all others before it.
std::string gets(SchedulerHarness& harness, const char* worker, const char* family) {
    for (;;) {
        const std::string task = harness.gets(worker);
        if (SchedulerHarness::family(task) == family) return task;
        harness.advance(Seconds(24));
        harness.reports(worker, task, Status::done);
    }
}

void fail(SchedulerHarness& harness, const char* worker, const std::string& task, rpc::Failure failure,
          const char* why) {
    auto report = SchedulerHarness::report(worker, task, Status::failed);
    report.failure = failure;
    report.expl = Json(why).text();
    harness.add(std::move(report));
}

}  // namespace

SchedulerHarness sample_scenario() {
    scheduler::Config config;
    config.resources = {{"downloads", 4}, {"wms", 1}};
    SchedulerHarness harness(config);
    register_cycle(harness, first_worker, "2026-08-21T00", 12);
    run_all(harness, first_worker, Seconds(31));
    register_cycle(harness, first_worker, "2026-08-21T06", 12);
    register_cycle(harness, second_worker, "2026-08-21T06", 12);
    gets(harness, first_worker, "ConvertLead");
    harness.advance(Seconds(24));
    fail(harness, first_worker, convert("2026-08-21T06", 0), {FailureClass::permanent, {}},
         "read 'gfs.t06z.pgrb2.0p25.part': message 214 is cut off after 81920 of 413008 bytes");
    for (int i = 0; i < 4; ++i) {
        const std::string task = gets(harness, second_worker, "ConvertLead");
        harness.advance(Seconds(31));
        harness.reports(second_worker, task, Status::done);
    }
    const std::string late = gets(harness, first_worker, "FetchLead");
    harness.advance(Seconds(7));
    fail(harness, first_worker, late, {FailureClass::not_ready, std::chrono::seconds(300)},
         "'https://nomads.example/gfs.t06z.pgrb2.0p25.idx' does not exist yet");
    add(harness, second_worker, {.worker = {}, .task_id = "Housekeep_2026_08_21_6d2f", .priority = -1});
    harness.advance(Seconds(9));
    const std::string one = gets(harness, first_worker, "ConvertLead");
    harness.advance(Seconds(95));
    gets(harness, second_worker, "FetchLead");
    harness.send(rpc::SetTaskProgressPercentage{one, Json(62)});
    harness.send(rpc::SetTaskStatusMessage{one, "writing 't2m', 41 of 66 variables"});
    harness.advance(Seconds(12));
    for (const char* worker : {first_worker, second_worker}) {
        harness.send(rpc::AddWorker{worker, {{"first_task", ingest("2026-08-21T06")}}});
        harness.send(rpc::Ping{worker});
    }
    return harness;
}

}  // namespace freshet::test
