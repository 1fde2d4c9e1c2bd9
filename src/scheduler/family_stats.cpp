// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/family_stats.hpp"

#include "freshet/text.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

using std::chrono::seconds;

// Longer names are unreadable, longer ids no links.
constexpr std::size_t max_stored_name = 300;
constexpr std::size_t max_id_length = 1000;

void count_duration(Durations& durations, double took) {
    const auto bound = std::lower_bound(Durations::bounds.begin(), Durations::bounds.end(), took);
    ++durations.counts[static_cast<std::size_t>(bound - Durations::bounds.begin())];
    durations.sum += took;
}

void count_failure(FamilyStats& stats, const Task& task, const AttemptEnded& end) {
    ++stats.failed;
    if (task.status != Status::failed || task.retry_at == never) return;
    ++stats.retries[end.failure_class ? static_cast<std::size_t>(*end.failure_class) : FamilyStats::unclassified];
}

void count(FamilyStats& stats, const Task& task, const AttemptEnded& end) {
    if (end.status == "LOST") {
        ++stats.lost;
    } else if (task.status == Status::done) {
        ++stats.done;
        if (task.time_running != never) count_duration(stats.durations, Seconds(end.at - task.time_running).count());
    } else if (task.status == Status::pending) {
        ++stats.released;
    } else {
        count_failure(stats, task, end);
    }
}

void add_recent_run(FamilyStats& stats, const Task& task, Time now) {
    std::erase_if(stats.runs, [&](const RecentRun& run) { return run.task_id == task.id; });
    if (task.id.size() <= max_id_length)
        stats.runs.insert(stats.runs.begin(),
                          {task.id, shortened(display_name(task), max_stored_name), task.status, task.created, now});
    if (stats.runs.size() > FamilyStatsTable::max_runs) stats.runs.pop_back();
    stats.last_completion = now;
    if (task.status != Status::done) return;
    stats.last_success = now;
    stats.last_duration = now - task.created;
}

Json to_json(Time time) { return time == never ? Json() : Json(time.time_since_epoch().count()); }

Time time_from(const Json& json) { return json.is_null() ? never : Time(Time::duration(json.as_integer())); }

Json to_json(const std::map<std::string, StatusCounts>& families) {
    Json all = Json::object();
    for (const auto& [name, counts] : families) {
        Json& by_status = all[name] = Json::object();
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] > 0) by_status[rpc::status_texts[i]] = static_cast<std::int64_t>(counts[i]);
    }
    return all;
}

std::map<std::string, StatusCounts> families_from(const Json& json) {
    std::map<std::string, StatusCounts> families;
    for (const auto& [name, by_status] : json.as_object())
        for (const auto& [status, count] : by_status.as_object())
            if (const auto known = rpc::status_from(status))
                families[name][static_cast<std::size_t>(*known)] = static_cast<std::size_t>(count.as_integer());
    return families;
}

Json to_json(const std::vector<ChainLink>& chain) {
    Json all = Json::array();
    for (const ChainLink& link : chain)
        all.push_back(Json::Object{{"task_id", link.task_id}, {"took", link.took.count()}});
    return all;
}

std::vector<ChainLink> chain_from(const Json& json) {
    std::vector<ChainLink> chain;
    for (const Json& link : json.as_array())
        chain.push_back({link.at("task_id").as_string(), Time::duration(link.at("took").as_integer())});
    return chain;
}

Json to_json(const RecentRun& run) {
    return Json::Object{{"task_id", run.task_id},
                        {"name", run.name},
                        {"status", text(run.status)},
                        {"registered", to_json(run.registered)},
                        {"ended", to_json(run.ended)},
                        {"families", to_json(run.families)},
                        {"longest_chain", to_json(run.longest_chain)}};
}

RecentRun recent_run_from(const Json& json) {
    RecentRun run{.task_id = json.at("task_id").as_string(),
                  .name = json.at("name").as_string(),
                  .status = rpc::status_from(json.at("status").as_string()).value_or(Status::unknown),
                  .registered = time_from(json.at("registered")),
                  .ended = time_from(json.at("ended"))};
    if (const Json* families = json.find("families")) run.families = families_from(*families);
    if (const Json* chain = json.find("longest_chain")) run.longest_chain = chain_from(*chain);
    return run;
}

Json to_json(const FamilyStats& stats) {
    Json runs = Json::array();
    for (const RecentRun& run : stats.runs) runs.push_back(to_json(run));
    return Json::Object{{"last_success", to_json(stats.last_success)},
                        {"last_completion", to_json(stats.last_completion)},
                        {"last_duration", stats.last_duration.count()},
                        {"runs", std::move(runs)}};
}

}  // namespace

FamilyStats& FamilyStatsTable::stats_of(const std::string& family) {
    if (families_.size() >= max_families && !families_.contains(family)) return families_[std::string(overflow_family)];
    return families_[family];
}

void FamilyStatsTable::record_attempt(const Task& task, const AttemptEnded& end) {
    FamilyStats& stats = stats_of(*task.family);
    count(stats, task, end);
    if (!task.dependants.empty() || task.status == Status::pending) return;
    add_recent_run(stats, task, end.at);
    if (!families_.contains(*task.family)) return;
    Time& before = last_written_.try_emplace(*task.family, Time::max()).first->second;
    if (before <= end.at && end.at - before < seconds(1)) return;
    before = end.at;
    changed_.insert(*task.family);
}

void FamilyStatsTable::keep_run(RecentRun run, const std::string& family) {
    FamilyStats& stats = stats_of(family);
    const auto known = std::ranges::find(stats.runs, run.task_id, &RecentRun::task_id);
    if (known != stats.runs.end()) {
        known->families = std::move(run.families);
        known->longest_chain = std::move(run.longest_chain);
    } else if (run.status != Status::done && run.task_id.size() <= max_id_length) {
        run.name = shortened(run.name, max_stored_name);
        const auto place =
            std::ranges::find_if(stats.runs, [&](const RecentRun& one) { return one.ended <= run.ended; });
        stats.runs.insert(place, std::move(run));
        if (stats.runs.size() > max_runs) stats.runs.pop_back();
    }
    if (families_.contains(family)) changed_.insert(family);
}

std::vector<Record> FamilyStatsTable::take_changed() {
    std::vector<Record> records;
    for (const std::string& name : std::exchange(changed_, {}))
        records.push_back({.id = name, .content = to_json(families_.find(name)->second).text()});
    return records;
}

void FamilyStatsTable::restore(const Record& record) {
    const Json content = Json::parse(record.content);
    FamilyStats stats;
    stats.last_success = time_from(content.at("last_success"));
    stats.last_completion = time_from(content.at("last_completion"));
    stats.last_duration = Time::duration(content.at("last_duration").as_integer());
    for (const Json& run : content.at("runs").as_array()) stats.runs.push_back(recent_run_from(run));
    if (stats.runs.size() > max_runs) stats.runs.resize(max_runs);
    stats_of(record.id) = std::move(stats);
}

}  // namespace freshet::scheduler
