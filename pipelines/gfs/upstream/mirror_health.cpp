// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirror_health.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::Json;
using std::chrono::seconds;

/// Exponential back-off of a mirror that failed.
constexpr seconds initial_backoff{10};
constexpr seconds max_backoff{300};
/// The longest pause of a mirror that throttles without Retry-After.
constexpr seconds max_throttle{900};
/// Time after which an absent lead may have appeared.
constexpr std::chrono::minutes max_absence_age{5};
/// Age of the oldest cycle whose frontier is kept.
constexpr std::chrono::hours frontier_retention{48};

std::int64_t to_milliseconds(freshet::Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

freshet::Time from_milliseconds(std::int64_t milliseconds) {
    return freshet::Time(std::chrono::milliseconds(milliseconds));
}

std::int64_t integer(const Json& object, std::string_view name, std::int64_t fallback = 0) {
    const Json* const value = object.find(name);
    return value != nullptr && value->is_integer() ? value->as_integer() : fallback;
}

/// Returns the end of the pause of that name: at once if the clock was set back since, as nobody knows how long ago.
freshet::Time pause_end(const Json& mirror, std::string_view name, freshet::Time now) {
    const auto end = from_milliseconds(integer(mirror, name));
    return from_milliseconds(integer(mirror, "paused_at")) > now ? std::min(end, now) : end;
}

std::string text(const Json& object, std::string_view name) {
    const Json* const value = object.find(name);
    return value != nullptr && value->is_string() ? value->as_string() : "";
}

seconds exponential_backoff(seconds first, std::int64_t repetitions, seconds longest) {
    return std::min(longest, first * (1 << std::min<std::int64_t>(repetitions, 10)));
}

/// Returns the object at document[first][second]; an empty object when there is none.
Json nested(const Json& document, std::string_view first, std::string_view second) {
    const Json* const outer = document.find(first);
    const Json* const inner = outer != nullptr && outer->is_object() ? outer->find(second) : nullptr;
    return inner != nullptr && inner->is_object() ? *inner : Json::object();
}

std::string key(const CycleAtMirror& where) {
    return fmt::format("{} {} {}", freshet::Codec<Cycle>::write(where.cycle), where.product, where.mirror);
}

Frontier frontier_from(const Json& json) {
    Frontier frontier{.last_present = static_cast<int>(integer(json, "present", -1)),
                      .absent_checked_at = from_milliseconds(integer(json, "absent_at")),
                      .layout = text(json, "layout")};
    if (json.find("absent") != nullptr) frontier.first_absent = static_cast<int>(integer(json, "absent"));
    return frontier;
}

Json json_from(const Frontier& frontier) {
    auto json = Json::object();
    json["present"] = frontier.last_present;
    json["layout"] = frontier.layout;
    if (frontier.first_absent) {
        json["absent"] = *frontier.first_absent;
        json["absent_at"] = to_milliseconds(frontier.absent_checked_at);
    }
    return json;
}

/// Removes frontiers of old cycles. Keys begin with the cycle, so they sort by it.
void remove_old_frontiers(Json& frontiers, freshet::Time now) {
    const auto oldest = freshet::Codec<Cycle>::write(std::chrono::floor<std::chrono::hours>(now - frontier_retention));
    auto members = frontiers.is_object() ? frontiers.as_object() : Json::Object{};
    const auto count = members.size();
    std::erase_if(members, [&oldest](const Json::Member& member) { return member.first < oldest; });
    if (members.size() != count) frontiers = Json(members);
}

MirrorHealth health_from(const Json& json, freshet::Time now) {
    MirrorHealth health{.failures = static_cast<int>(integer(json, "failures")),
                        .backoff_until = pause_end(json, "rests_until", now),
                        .throttled_until = pause_end(json, "throttled_until", now),
                        .last_error = text(json, "why")};
    if (json.find("lag") != nullptr) health.lag = seconds(integer(json, "lag"));
    return health;
}

std::string time_of_day(freshet::Time time) { return fmt::format("{:%H:%M:%SZ}", std::chrono::floor<seconds>(time)); }

/// Parses the file, again when a writer is just overwriting it in place. An empty object for one torn by a crash.
Json read_unlocked(const std::filesystem::path& file) {
    constexpr int most_reads = 3;
    for (int read = 0; read < most_reads; ++read) {
        const std::string content = freshet::read_file(file);
        try {
            if (!content.empty()) return Json::parse(content);
        } catch (const freshet::Error&) {
            continue;
        }
    }
    return Json::object();
}

}  // namespace

std::string MirrorHealth::state_text(freshet::Time now) const {
    if (throttled_until > now) return fmt::format("throttled until {}: {}", time_of_day(throttled_until), last_error);
    if (backoff_until > now) return fmt::format("backing off until {}: {}", time_of_day(backoff_until), last_error);
    return failures > 0 ? "due for a retry: " + last_error : "healthy";
}

std::map<std::string, MirrorHealth> recorded_mirrors(const std::filesystem::path& file, freshet::Time now) {
    std::map<std::string, MirrorHealth> mirrors;
    if (!std::filesystem::exists(file)) return mirrors;
    const Json document = read_unlocked(file);
    if (const Json* const records = document.find("roots"); records != nullptr && records->is_object())
        for (const auto& [address, record] : records->as_object()) mirrors.emplace(address, health_from(record, now));
    // A mirror that never failed has nothing but its frontiers: "CYCLE PRODUCT ADDRESS".
    if (const Json* const frontiers = document.find("frontiers"); frontiers != nullptr && frontiers->is_object())
        for (const auto& [where, frontier] : frontiers->as_object())
            if (const auto parts = freshet::split(where, ' '); parts.size() > 2)
                mirrors.try_emplace(where.substr(parts[0].size() + parts[1].size() + 2));
    return mirrors;
}

MirrorHealth MirrorHealthCache::health(const std::string& mirror) const {
    return health_from(nested(read(), "roots", mirror), clock_.now());
}

void MirrorHealthCache::record_success(const std::string& mirror) {
    update([&mirror](Json& document) {
        const auto before = nested(document, "roots", mirror);
        if (integer(before, "failures") == 0 && integer(before, "throttled") == 0) return;
        auto& json = document["roots"][mirror];
        json = Json::object();
        if (const Json* const lag = before.find("lag")) json["lag"] = *lag;
    });
}

void MirrorHealthCache::record_failure(const std::string& mirror, const std::string& error) {
    update([&](Json& document) {
        const auto before = nested(document, "roots", mirror);
        // Requests that were in flight together fail together: count one failure.
        if (pause_end(before, "rests_until", clock_.now()) > clock_.now()) return;
        const auto failures = integer(before, "failures") + 1;
        auto& json = document["roots"][mirror];
        json["failures"] = failures;
        json["rests_until"] =
            to_milliseconds(clock_.now() + exponential_backoff(initial_backoff, failures - 1, max_backoff));
        json["paused_at"] = to_milliseconds(clock_.now());
        json["why"] = error;
    });
}

void MirrorHealthCache::record_throttling(const std::string& mirror, const std::string& error,
                                          std::optional<seconds> retry_after, seconds first) {
    update([&](Json& document) {
        const auto before = nested(document, "roots", mirror);
        if (pause_end(before, "throttled_until", clock_.now()) > clock_.now()) return;
        const auto times = integer(before, "throttled") + 1;
        auto& json = document["roots"][mirror];
        json["throttled"] = times;
        json["throttled_until"] =
            to_milliseconds(clock_.now() + retry_after.value_or(exponential_backoff(first, times - 1, max_throttle)));
        json["paused_at"] = to_milliseconds(clock_.now());
        json["why"] = error;
    });
}

void MirrorHealthCache::record_lag(const std::string& mirror, seconds lag) {
    update([&](Json& document) { document["roots"][mirror]["lag"] = lag.count(); });
}

Frontier MirrorHealthCache::frontier(const CycleAtMirror& where) const {
    return frontier_from(nested(read(), "frontiers", key(where)));
}

void MirrorHealthCache::record_present(const CycleAtMirror& where, int lead, const std::string& layout) {
    update([&](Json& document) {
        auto frontier = frontier_from(nested(document, "frontiers", key(where)));
        frontier.last_present = std::max(frontier.last_present, lead);
        frontier.layout = layout;
        if (frontier.first_absent && *frontier.first_absent <= frontier.last_present) frontier.first_absent.reset();
        document["frontiers"][key(where)] = json_from(frontier);
        remove_old_frontiers(document["frontiers"], clock_.now());
    });
}

void MirrorHealthCache::record_absent(const CycleAtMirror& where, int lead) {
    update([&](Json& document) {
        auto frontier = frontier_from(nested(document, "frontiers", key(where)));
        const auto age = clock_.now() - frontier.absent_checked_at;  // negative: the clock was set back
        const bool is_recent = frontier.first_absent && age >= age.zero() && age < max_absence_age;
        if (lead <= frontier.last_present || (is_recent && *frontier.first_absent < lead)) return;
        frontier.first_absent = lead;
        frontier.absent_checked_at = clock_.now();
        document["frontiers"][key(where)] = json_from(frontier);
    });
}

Json MirrorHealthCache::read() const {
    Json document = Json::object();
    update([&document](Json& current) { document = current; });
    return document;
}

void MirrorHealthCache::update(const std::function<void(Json&)>& update) const {
    try {
        file_.update_json(update);
    } catch (const freshet::Error&) {
        // A read-only folder or a full disk: every mirror counts as healthy, as on a new machine.
        return;
    }
}

}  // namespace gfs
