// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/chronicle.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

using std::chrono::seconds;

// A name is to be read, and an id to be a link: what is longer is neither.
constexpr std::size_t longest_name = 300;
constexpr std::size_t longest_id = 1000;

void count_duration(Durations& durations, double took) {
    const auto bound = std::lower_bound(Durations::bounds.begin(), Durations::bounds.end(), took);
    ++durations.counts[static_cast<std::size_t>(bound - Durations::bounds.begin())];
    durations.sum += took;
}

void count_failure(FamilyPast& past, const Task& task, const AttemptEnded& end) {
    ++past.failed;
    if (task.status != Status::failed || task.wake == never) return;
    ++past.retries[end.failure_class ? static_cast<std::size_t>(*end.failure_class) : FamilyPast::unclassified];
}

void count(FamilyPast& past, const Task& task, const AttemptEnded& end) {
    if (end.status == "LOST") {
        ++past.lost;
    } else if (task.status == Status::done) {
        ++past.done;
        if (task.time_running != never) count_duration(past.durations, Seconds(end.at - task.time_running).count());
    } else if (task.status == Status::pending) {
        ++past.given_back;
    } else {
        count_failure(past, task, end);
    }
}

void remember(FamilyPast& past, const Task& task, Time now) {
    std::erase_if(past.runs, [&](const PastRun& run) { return run.task_id == task.id; });
    if (task.id.size() <= longest_id)
        past.runs.insert(past.runs.begin(),
                         {task.id, shortened(display_name(task), longest_name), task.status, task.created, now});
    if (past.runs.size() > Chronicle::most_runs) past.runs.pop_back();
    past.last_completion = now;
    if (task.status != Status::done) return;
    past.last_success = now;
    past.last_duration = now - task.created;
}

Json written(Time time) { return time == never ? Json() : Json(time.time_since_epoch().count()); }

Time instant(const Json& json) { return json.is_null() ? never : Time(Time::duration(json.as_integer())); }

Json written(const PastRun& run) {
    return Json::Object{{"task_id", run.task_id},
                        {"name", run.name},
                        {"status", text(run.status)},
                        {"registered", written(run.registered)},
                        {"ended", written(run.ended)}};
}

PastRun run_from(const Json& json) {
    return {.task_id = json.at("task_id").as_string(),
            .name = json.at("name").as_string(),
            .status = wire::status_from(json.at("status").as_string()).value_or(Status::unknown),
            .registered = instant(json.at("registered")),
            .ended = instant(json.at("ended"))};
}

Json written(const FamilyPast& past) {
    Json runs = Json::array();
    for (const PastRun& run : past.runs) runs.push_back(written(run));
    return Json::Object{{"last_success", written(past.last_success)},
                        {"last_completion", written(past.last_completion)},
                        {"last_duration", past.last_duration.count()},
                        {"runs", std::move(runs)}};
}

}  // namespace

FamilyPast& Chronicle::of(const std::string& family) {
    if (families_.size() >= most_families && !families_.contains(family)) return families_[std::string(others)];
    return families_[family];
}

void Chronicle::ended(const Task& task, const AttemptEnded& end) {
    FamilyPast& past = of(*task.family);
    count(past, task, end);
    if (!task.dependants.empty() || task.status == Status::pending) return;
    remember(past, task, end.at);
    if (!families_.contains(*task.family)) return;
    Time& before = written_.try_emplace(*task.family, Time::min()).first->second;
    if (before != Time::min() && end.at - before < seconds(1)) return;
    before = end.at;
    changed_.insert(*task.family);
}

std::vector<Record> Chronicle::take_changed() {
    std::vector<Record> records;
    for (const std::string& name : std::exchange(changed_, {}))
        records.push_back({.id = name, .content = written(families_.find(name)->second).text()});
    return records;
}

void Chronicle::restore(const Record& record) {
    const Json content = Json::parse(record.content);
    FamilyPast past;
    past.last_success = instant(content.at("last_success"));
    past.last_completion = instant(content.at("last_completion"));
    past.last_duration = Time::duration(content.at("last_duration").as_integer());
    for (const Json& run : content.at("runs").as_array()) past.runs.push_back(run_from(run));
    if (past.runs.size() > most_runs) past.runs.resize(most_runs);
    of(record.id) = std::move(past);
}

}  // namespace freshet::scheduler
