// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"
#include "store/attempt_search.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace freshet::dashboard {

/// The successful attempts of a family in one run of a program.
struct RunDurations {
    std::string run_id{};
    Time started{};  ///< of the first attempt
    std::size_t attempts = 0;
    Time::duration median{};
    Time::duration percentile_95{};
};

/// Durations of a family. It is slower than usual if the median of its last run is half as long again as usual, and a
/// second longer, where usual is the median of the medians of the runs before, of which there are three at least.
struct FamilyDurations {
    std::string family{};
    std::size_t attempts = 0;
    Time::duration median{};
    Time::duration percentile_95{};
    std::vector<RunDurations> runs{};       ///< oldest first, the last of them
    std::optional<Time::duration> usual{};  ///< none: too few runs

    bool is_slow() const;
};

struct Durations {
    TruncatedList<FamilyDurations> families{};  ///< slow ones first
    std::optional<Time> since{};                ///< the oldest attempt that is counted
    bool has_history = true;
    Time taken{};
    std::string version{};
};

inline constexpr int max_counted_attempts = 50'000;
inline constexpr std::size_t max_duration_runs = 30;
inline constexpr std::size_t max_duration_families = 200;
inline constexpr std::size_t least_runs_before = 3;

/// Groups the attempts, which are oldest first.
Durations durations_of(const std::vector<store::AttemptTime>& attempts);

std::string durations_page(const Durations& durations);
Json durations_json(const Durations& durations);

class Pages;
void serve_durations(const Pages& pages, Format format, const api::RequestContext& context, std::monostate,
                     const http::Responder& respond);

}  // namespace freshet::dashboard
