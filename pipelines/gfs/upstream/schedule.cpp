// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/schedule.hpp"

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

using std::chrono::minutes;

/// How long after the analysis time the files of a lead appear; between two rows in proportion.
struct PublicationDelay {
    int lead;
    minutes earliest;
    minutes usual;
};

// Seen in 2026: f006 after 3 h 34 min to 3 h 36 min, f384 after 5 h 13 min to 5 h 24 min, seldom later than 5 h 35 min;
// in the years before up to half an hour earlier.
constexpr PublicationDelay publication_delays[] = {
    {0, minutes(200), minutes(215)},
    {120, minutes(220), minutes(260)},
    {384, minutes(285), minutes(335)},
};

minutes interpolated(const PublicationDelay& a, const PublicationDelay& b, minutes PublicationDelay::*column,
                     int lead) {
    return a.*column + (b.*column - a.*column) * (lead - a.lead) / (b.lead - a.lead);
}

freshet::Time publication_time(Cycle cycle, int lead, minutes PublicationDelay::*column) {
    const auto* const upper =
        std::ranges::find_if(publication_delays, [lead](const PublicationDelay& row) { return row.lead >= lead; });
    if (upper == std::begin(publication_delays)) return cycle + publication_delays[0].*column;
    if (upper == std::end(publication_delays)) return cycle + std::prev(upper)->*column;
    return cycle + interpolated(*std::prev(upper), *upper, column, lead);
}

}  // namespace

freshet::Time earliest_publication(Cycle cycle, int lead) {
    return publication_time(cycle, lead, &PublicationDelay::earliest);
}

freshet::Time usual_publication(Cycle cycle, int lead) {
    return publication_time(cycle, lead, &PublicationDelay::usual);
}

}  // namespace gfs
