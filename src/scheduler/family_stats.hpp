// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/config.hpp"
#include "scheduler/task_index.hpp"
#include "scheduler/write_batch.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// Task of the longest chain of a run, with the duration of its last attempt.
struct ChainLink {
    std::string task_id;
    Time::duration took{};

    friend bool operator==(const ChainLink&, const ChainLink&) = default;
};

/// Result of the last attempt of a root task: one that nothing depends on; or, of one that was removed before any, its
/// last status.
struct RecentRun {
    std::string task_id;
    std::string name;  ///< for display
    Status status = Status::done;
    Time registered{};
    Time ended{};
    // Of a root that has been removed, with all that it required.
    std::map<std::string, StatusCounts> families{};  ///< "": tasks that nobody registered
    std::vector<ChainLink> longest_chain{};          ///< the task that ran first comes first

    friend bool operator==(const RecentRun&, const RecentRun&) = default;
};

/// Histogram of the durations of successful attempts.
struct Durations {
    static constexpr std::array<int, 8> bounds = {1, 5, 15, 60, 300, 900, 3600, 14400};  ///< seconds

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< by upper bound; the last is unbounded
    double sum = 0;                                         ///< seconds
};

/// Statistics of the attempts of one family.
struct FamilyStats {
    static constexpr std::size_t unclassified = rpc::failure_texts.size();

    // Since the start of this process.
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::uint64_t lost = 0;                                 ///< ended with their worker, unreported
    std::uint64_t released = 0;                             ///< given back by a worker that stopped
    std::array<std::uint64_t, unclassified + 1> retries{};  ///< failures that are retried, by class
    Durations durations;

    // Root tasks only; persistent.
    std::vector<RecentRun> runs;  ///< newest first
    Time last_success = never;
    Time last_completion = never;    ///< successful or not
    Time::duration last_duration{};  ///< from registration to success
};

/// Statistics of families, which outlive their tasks. Bounded: families past the limit are counted as one.
class FamilyStatsTable {
public:
    static constexpr std::size_t max_families = 1000;
    static constexpr std::size_t max_runs = 20;
    static constexpr std::string_view overflow_family = "(other)";

    /// Counts an attempt that ended. `task` has its new status already.
    void record_attempt(const Task& task, const AttemptEnded& end);
    /// Adds what is known of the tasks of a run, whose root is about to be removed.
    void keep_run(RecentRun run, const std::string& family);
    void add_expired_leases(std::size_t count) { leases_expired_ += count; }

    const std::map<std::string, FamilyStats, std::less<>>& families() const { return families_; }
    std::uint64_t leases_expired() const { return leases_expired_; }

    /// Records of the families whose persistent part changed since the last call; at most one per family and second, so
    /// that a crash may lose the last ones.
    std::vector<Record> take_changed();
    /// Throws Error when the record is malformed.
    void restore(const Record& record);

private:
    FamilyStats& stats_of(const std::string& family);

    std::map<std::string, FamilyStats, std::less<>> families_;
    std::map<std::string, Time, std::less<>> last_written_;
    std::set<std::string> changed_;
    std::uint64_t leases_expired_ = 0;
};

}  // namespace freshet::scheduler
