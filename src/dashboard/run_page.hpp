// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/run_chain.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/json.hpp"
#include "store/history.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// Runs of programs, newest first.
struct RunList {
    std::vector<store::RunRow> runs{};
    bool has_more = false;
    Time taken{};
    std::string version{};
};

inline constexpr int runs_per_page = 50;
inline constexpr int max_attempts_of_run = 5'000;

/// Reads those that began before `before`; none: the newest.
RunList read_runs(store::History& history, std::optional<Time> before);
/// Renders the list.
std::string run_list_page(const RunList& list);
Json run_list_json(const RunList& list);

/// One run with its attempts.
struct RunDetails {
    store::RunRow run{};
    std::vector<store::AttemptRow> attempts{};  ///< oldest first
    bool has_more = false;
    RunGraph graph{};
    TaskNames names{};
    Time taken{};
    std::string version{};

    std::set<std::string> tasks() const;
};

/// Nothing if no run has that id.
std::optional<RunDetails> read_run(store::History& history, const std::string& run_id);
/// Renders its result, its attempts by family and over time, and those that failed or took longest.
std::string run_page(const RunDetails& details);
Json run_json(const RunDetails& details);
/// Renders the page of an unknown run.
std::string no_run_page(const std::string& run_id, Time taken, const std::string& version);

/// The attempts of one family in a run.
struct FamilyAttempts {
    std::string family;
    std::size_t tasks = 0;
    std::size_t done = 0;  ///< attempts, as all below
    std::size_t failed = 0;
    std::size_t lost = 0;
    std::size_t running = 0;
    std::vector<Time::duration> durations{};  ///< of those that are done, ascending

    /// The shortest duration that this share of them does not exceed, 0 to 1; nothing without any.
    std::optional<Time::duration> quantile(double share) const;
};

/// The family at the begin of a task's id.
std::string family_of(const std::string& task_id);
/// The shortest of the ascending durations that this share of them does not exceed, 0 to 1; zero without any.
Time::duration quantile(const std::vector<Time::duration>& ascending, double share);

/// Groups attempts by the family at the begin of their task's id.
std::vector<FamilyAttempts> attempts_by_family(const std::vector<store::AttemptRow>& attempts);

}  // namespace freshet::dashboard
