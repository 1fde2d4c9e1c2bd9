// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include <fmt/format.h>

namespace freshet::test {

namespace {

using scheduler::Seconds;
using wire::Status;

constexpr const char* first_worker = "Worker(host=node1, pid=4711)";
constexpr const char* second_worker = "Worker(host=node2, pid=815)";

std::string fetch(const std::string& cycle, int lead) {
    return fmt::format("FetchLead_{}_{:03}_5e1f0a7c21", cycle, lead);
}
std::string convert(const std::string& cycle, int lead) {
    return fmt::format("ConvertLead_{}_{:03}_9b4d2e6f80", cycle, lead);
}
std::string ingest(const std::string& cycle) { return fmt::format("IngestCycle_{}_0c7a91d3be", cycle); }

void add(Conversation& talk, const char* worker, wire::AddTask task) {
    task.worker = worker;
    task.family = Conversation::family(task.task_id);
    talk.add(std::move(task));
}

void register_cycle(Conversation& talk, const char* worker, const std::string& cycle, int leads) {
    std::vector<std::string> converts;
    for (int i = 0; i < leads; ++i) converts.push_back(convert(cycle, 3 * i));
    add(talk, worker, {.worker = {}, .task_id = ingest(cycle), .deps = converts, .params = {{"cycle", cycle}}});
    for (int i = 0; i < leads; ++i) {
        const wire::Parameters params{{"cycle", cycle}, {"lead", std::to_string(3 * i)}};
        add(talk, worker,
            {.worker = {}, .task_id = fetch(cycle, 3 * i), .resources = {{"downloads", 1}}, .params = params});
        add(talk, worker,
            {.worker = {}, .task_id = convert(cycle, 3 * i), .deps = {{fetch(cycle, 3 * i)}}, .params = params});
    }
}

/// The worker runs whatever it gets until there is nothing.
void run_all(Conversation& talk, const char* worker, Seconds takes) {
    for (std::string task = talk.gets(worker); !task.empty(); task = talk.gets(worker)) {
        talk.pass(takes);
        talk.reports(worker, task, Status::done);
    }
}

/// The next task of the family that the worker gets; whatever else it gets before is done.
std::string gets(Conversation& talk, const char* worker, const char* family) {
    for (;;) {
        const std::string task = talk.gets(worker);
        if (Conversation::family(task) == family) return task;
        talk.pass(Seconds(24));
        talk.reports(worker, task, Status::done);
    }
}

void fail(Conversation& talk, const char* worker, const std::string& task, wire::Failure failure, const char* why) {
    auto report = Conversation::report(worker, task, Status::failed);
    report.failure = failure;
    report.expl = Json(why).text();
    talk.add(std::move(report));
}

}  // namespace

Conversation sample_night() {
    scheduler::Config config;
    config.resources = {{"downloads", 4}, {"wms", 1}};
    Conversation talk(config);
    register_cycle(talk, first_worker, "2026-08-21T00", 12);
    run_all(talk, first_worker, Seconds(31));
    register_cycle(talk, first_worker, "2026-08-21T06", 12);
    register_cycle(talk, second_worker, "2026-08-21T06", 12);
    gets(talk, first_worker, "ConvertLead");
    talk.pass(Seconds(24));
    fail(talk, first_worker, convert("2026-08-21T06", 0), {FailureClass::permanent, {}},
         "read 'gfs.t06z.pgrb2.0p25.part': message 214 is cut off after 81920 of 413008 bytes");
    for (int i = 0; i < 4; ++i) {
        const std::string task = gets(talk, second_worker, "ConvertLead");
        talk.pass(Seconds(31));
        talk.reports(second_worker, task, Status::done);
    }
    const std::string late = gets(talk, first_worker, "FetchLead");
    talk.pass(Seconds(7));
    fail(talk, first_worker, late, {FailureClass::not_yet, std::chrono::seconds(300)},
         "'https://nomads.example/gfs.t06z.pgrb2.0p25.idx' does not exist yet");
    add(talk, second_worker, {.worker = {}, .task_id = "Housekeep_2026_08_21_6d2f", .priority = -1});
    talk.pass(Seconds(9));
    const std::string one = gets(talk, first_worker, "ConvertLead");
    talk.pass(Seconds(95));
    gets(talk, second_worker, "FetchLead");
    talk.say(wire::SetTaskProgressPercentage{one, Json(62)});
    talk.say(wire::SetTaskStatusMessage{one, "writing 't2m', 41 of 66 variables"});
    talk.pass(Seconds(12));
    for (const char* worker : {first_worker, second_worker}) {
        talk.say(wire::AddWorker{worker, {{"first_task", ingest("2026-08-21T06")}}});
        talk.say(wire::Ping{worker});
    }
    return talk;
}

}  // namespace freshet::test
