// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/durations.hpp"

#include "dashboard/run_page.hpp"
#include "dashboard/view_data.hpp"
#include "freshet/text.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace freshet::dashboard {

namespace {

using Sorted = std::vector<Time::duration>;

/// The attempts of a family, in all and by run.
struct Collected {
    Sorted all;
    std::vector<std::pair<RunDurations, Sorted>> runs;  // in the order of their first attempts
    std::map<std::string, std::size_t, std::less<>> run_positions;

    void add(const store::AttemptTime& attempt) {
        const auto [position, added] = run_positions.try_emplace(attempt.run_id, runs.size());
        if (added) runs.push_back({{.run_id = attempt.run_id, .started = attempt.started}, {}});
        const Time::duration took = std::max(*attempt.ended - attempt.started, Time::duration{});
        runs[position->second].second.push_back(took);
        all.push_back(took);
    }
};

RunDurations summary_of(std::pair<RunDurations, Sorted>& run) {
    auto& [summary, durations] = run;
    std::ranges::sort(durations);
    summary.attempts = durations.size();
    summary.median = quantile(durations, 0.5);
    summary.percentile_95 = quantile(durations, 0.95);
    return summary;
}

/// The median of the medians of all runs but the last.
std::optional<Time::duration> usual_of(const std::vector<RunDurations>& runs) {
    if (runs.size() <= least_runs_before) return std::nullopt;
    Sorted medians;
    for (std::size_t i = 0; i + 1 < runs.size(); ++i) medians.push_back(runs[i].median);
    std::ranges::sort(medians);
    return quantile(medians, 0.5);
}

FamilyDurations durations_of(const std::string& family, Collected collected) {
    std::ranges::sort(collected.all);
    FamilyDurations durations{.family = shortened(family, max_text_length),
                              .attempts = collected.all.size(),
                              .median = quantile(collected.all, 0.5),
                              .percentile_95 = quantile(collected.all, 0.95)};
    const std::size_t first = collected.runs.size() - std::min(collected.runs.size(), max_duration_runs);
    for (std::size_t i = first; i < collected.runs.size(); ++i) durations.runs.push_back(summary_of(collected.runs[i]));
    durations.usual = usual_of(durations.runs);
    return durations;
}

}  // namespace

bool FamilyDurations::is_slow() const {
    using namespace std::chrono_literals;
    return usual && runs.back().median > *usual + *usual / 2 && runs.back().median >= *usual + 1s;
}

Durations durations_of(const std::vector<store::AttemptTime>& attempts) {
    std::map<std::string, Collected> families;
    Durations durations;
    for (const store::AttemptTime& attempt : attempts) {
        if (!durations.since) durations.since = attempt.started;
        if (attempt.ended && attempt.status == "DONE") families[family_of(attempt.task_id)].add(attempt);
    }
    for (auto& [name, collected] : families)
        durations.families.items.push_back(durations_of(name, std::move(collected)));
    durations.families.total = durations.families.items.size();
    keep_first(durations.families, max_duration_families, [](const FamilyDurations& a, const FamilyDurations& b) {
        return std::tuple(b.is_slow(), a.family) < std::tuple(a.is_slow(), b.family);
    });
    return durations;
}

void serve_durations(const Pages& pages, Format format, const api::RequestContext&, std::monostate,
                     const http::Responder& respond) {
    respond([format, options = pages.options(), taken = pages.now()] {
        const auto read = [](store::StateFile& file) {
            return std::optional(durations_of(store::AttemptSearch(file).newest(max_counted_attempts)));
        };
        Durations durations = with_state_file(options, read).value_or(Durations{.has_history = false});
        durations.taken = taken;
        durations.version = options.version;
        return view_response(format, durations, durations_page, durations_json);
    });
}

}  // namespace freshet::dashboard
