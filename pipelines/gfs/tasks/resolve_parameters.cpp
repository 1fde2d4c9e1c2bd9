// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/resolve_parameters.hpp"

#include "cycle.hpp"
#include "upstream/schedule.hpp"

#include <fmt/chrono.h>

namespace gfs {

namespace {

using namespace std::chrono_literals;

Cycle newest_published(freshet::Time now) {
    const auto first_files_after = earliest_publication(Cycle{}, 0) - Cycle{};
    const auto hour = std::chrono::floor<std::chrono::hours>(now - first_files_after);
    const auto day = std::chrono::floor<std::chrono::days>(hour);
    return day + (hour - day) / cycle_interval * cycle_interval;
}

std::string utc_text_milliseconds(freshet::Time time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", second,
                       std::chrono::floor<std::chrono::milliseconds>(time - second).count());
}

}  // namespace

void resolve_cycle_alias(std::string_view family, freshet::Values& values, const freshet::Clock& clock) {
    // What looks at several cycles begins with the newest, and now, unless it is told otherwise.
    if (family == "Contiguous" || family == "Watch") values.try_emplace("cycle", "latest");
    if (const auto asked = values.find("asked"); asked != values.end() && asked->second.empty())
        asked->second = utc_text_milliseconds(clock.now());
    const auto cycle = values.find("cycle");
    if (cycle == values.end()) return;
    const Cycle newest = newest_published(clock.now());
    if (cycle->second == "latest") cycle->second = freshet::Codec<Cycle>::write(newest);
    if (cycle->second == "previous") cycle->second = freshet::Codec<Cycle>::write(newest - cycle_interval);
}

}  // namespace gfs
