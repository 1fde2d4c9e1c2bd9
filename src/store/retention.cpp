// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/retention.hpp"

#include "freshet/json.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace freshet::store {

namespace {

constexpr std::string_view key = "retention";
constexpr std::chrono::hours longest_probation{24};

/// The last times at which the clock was seen, at least a probation period apart.
struct Sightings {
    std::optional<Time> older{};
    std::optional<Time> newer{};
};

Json to_json(const std::optional<Time>& time) { return time ? Json(time->time_since_epoch().count()) : Json(); }

std::optional<Time> time_from(const Json* json) {
    return json && json->is_integer() ? std::optional(Time(Time::duration(json->as_integer()))) : std::nullopt;
}

Sightings read_sightings(StateTables& tables) {
    const auto text = tables.meta(key);
    if (!text) return {};
    const Json json = Json::parse(*text);
    return {.older = time_from(json.find("older")), .newer = time_from(json.find("newer"))};
}

void write_sightings(StateTables& tables, const Sightings& seen) {
    tables.set_meta(key, Json(Json::Object{{"older", to_json(seen.older)}, {"newer", to_json(seen.newer)}}).text());
}

}  // namespace

Time retention_cutoff(StateTables& tables, Time now, Time::duration retention) {
    const auto probation = std::min<Time::duration>(longest_probation, retention);
    Sightings seen = read_sightings(tables);
    if (seen.newer && *seen.newer > now) seen.newer = std::exchange(seen.older, std::nullopt);  // the clock was wrong
    if (seen.newer && *seen.newer > now) seen.newer.reset();
    const bool is_proven = seen.newer && *seen.newer + probation <= now;
    const auto reference = is_proven ? seen.newer : seen.older;
    if (is_proven || !seen.newer) {
        seen = {.older = seen.newer, .newer = now};
        write_sightings(tables, seen);
    }
    return reference ? std::min(now, *reference + probation) - retention : Time::min();
}

}  // namespace freshet::store
