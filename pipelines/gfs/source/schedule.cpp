// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/schedule.hpp"

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

using std::chrono::minutes;

/// How long after the analysis time the files of a lead appear; between two rows in proportion.
struct Appearance {
    int lead;
    minutes first;
    minutes last;
};

// Seen in 2026: f006 after 3 h 34 min to 3 h 36 min, f384 after 5 h 13 min to 5 h 24 min, seldom later than 5 h 35 min;
// in the years before up to half an hour earlier.
constexpr Appearance appearances[] = {
    {0, minutes(200), minutes(215)},
    {120, minutes(220), minutes(260)},
    {384, minutes(285), minutes(335)},
};

minutes between(const Appearance& a, const Appearance& b, minutes Appearance::*column, int lead) {
    return a.*column + (b.*column - a.*column) * (lead - a.lead) / (b.lead - a.lead);
}

freshet::Time instant(Cycle cycle, int lead, minutes Appearance::*column) {
    const auto* const upper =
        std::ranges::find_if(appearances, [lead](const Appearance& row) { return row.lead >= lead; });
    if (upper == std::begin(appearances)) return cycle + appearances[0].*column;
    if (upper == std::end(appearances)) return cycle + std::prev(upper)->*column;
    return cycle + between(*std::prev(upper), *upper, column, lead);
}

}  // namespace

freshet::Time first_possible(Cycle cycle, int lead) { return instant(cycle, lead, &Appearance::first); }

freshet::Time usually_there(Cycle cycle, int lead) { return instant(cycle, lead, &Appearance::last); }

}  // namespace gfs
