// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/config.hpp"
#include "scheduler/task.hpp"
#include "scheduler/write_batch.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// How the last attempt at a task that nothing depends on ended.
struct RecentRun {
    std::string task_id;
    std::string name;  ///< as people read it
    Status status = Status::done;
    Time registered{};
    Time ended{};

    friend bool operator==(const RecentRun&, const RecentRun&) = default;
};

/// How long the attempts took that ended well.
struct Durations {
    static constexpr std::array<int, 8> bounds = {1, 5, 15, 60, 300, 900, 3600, 14400};  ///< seconds

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< up to each bound and above the one before; the rest
    double sum = 0;                                         ///< seconds
};

/// What became of the attempts at the tasks of one family.
struct FamilyStats {
    static constexpr std::size_t unclassified = rpc::failure_texts.size();

    // Since this start.
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;                                 ///< nobody knows how they ended
    std::uint64_t released = 0;                             ///< the worker stopped
    std::array<std::uint64_t, unclassified + 1> retries{};  ///< failures that are tried again, by class
    Durations durations;

    // Of tasks that nothing depends on; outlives a restart.
    std::vector<RecentRun> runs;  ///< the newest first
    Time last_success = never;
    Time last_completion = never;    ///< well or not
    Time::duration last_duration{};  ///< from its registration
};

/// What is remembered of each family when its tasks are long forgotten. Bounded: of many families, the later ones are
/// counted as one.
class FamilyStatsTable {
public:
    static constexpr std::size_t max_families = 1000;
    static constexpr std::size_t max_runs = 5;
    static constexpr std::string_view overflow_family = "(other)";

    /// `task` is as it stands after the attempt.
    void record_attempt(const Task& task, const AttemptEnded& end);
    void add_expired_leases(std::size_t count) { leases_expired_ += count; }

    const std::map<std::string, FamilyStats, std::less<>>& families() const { return families_; }
    std::uint64_t leases_expired() const { return leases_expired_; }

    /// Those whose lasting part changed since the last call. In a rush one comes once a second: a crash may cost that.
    std::vector<Record> take_changed();
    /// Throws Error when the record cannot be one.
    void restore(const Record& record);

private:
    FamilyStats& stats_of(const std::string& family);

    std::map<std::string, FamilyStats, std::less<>> families_;
    std::map<std::string, Time, std::less<>> last_written_;
    std::set<std::string> changed_;
    std::uint64_t leases_expired_ = 0;
};

}  // namespace freshet::scheduler
