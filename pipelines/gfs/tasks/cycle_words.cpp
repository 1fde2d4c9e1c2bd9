// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_words.hpp"

#include "cycle.hpp"
#include "source/schedule.hpp"

namespace gfs {

namespace {

using namespace std::chrono_literals;

constexpr auto between_cycles = 6h;

Cycle newest_published(freshet::Time now) {
    const auto first_files_after = first_possible(Cycle{}, 0) - Cycle{};
    const auto hour = std::chrono::floor<std::chrono::hours>(now - first_files_after);
    const auto day = std::chrono::floor<std::chrono::days>(hour);
    return day + (hour - day) / between_cycles * between_cycles;
}

}  // namespace

void resolve_cycle_words(std::string_view, freshet::Values& values, const freshet::Clock& clock) {
    const auto cycle = values.find("cycle");
    if (cycle == values.end()) return;
    const Cycle newest = newest_published(clock.now());
    if (cycle->second == "latest") cycle->second = freshet::Codec<Cycle>::write(newest);
    if (cycle->second == "previous") cycle->second = freshet::Codec<Cycle>::write(newest - between_cycles);
}

}  // namespace gfs
