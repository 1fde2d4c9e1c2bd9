// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/root_memory.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::Json;
using std::chrono::seconds;

/// A root that failed rests for so long, twice as long after each further failure, up to the longest rest: then the
/// next task tries it again.
constexpr seconds first_rest{10};
constexpr seconds longest_rest{300};
/// The same for a root that throttles and does not say for how long.
constexpr seconds longest_throttle{900};
/// A lead found absent says nothing any more after so long.
constexpr std::chrono::minutes absence_counts{5};
/// Frontiers of older cycles are of no more use.
constexpr std::chrono::hours frontiers_kept{48};

std::int64_t stored(freshet::Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

freshet::Time restored(std::int64_t stored) { return freshet::Time(std::chrono::milliseconds(stored)); }

std::int64_t integer(const Json& object, std::string_view name, std::int64_t otherwise = 0) {
    const Json* const value = object.find(name);
    return value != nullptr && value->is_integer() ? value->as_integer() : otherwise;
}

std::string text(const Json& object, std::string_view name) {
    const Json* const value = object.find(name);
    return value != nullptr && value->is_string() ? value->as_string() : "";
}

seconds doubled(seconds first, std::int64_t times, seconds longest) {
    return std::min(longest, first * (1 << std::min<std::int64_t>(times, 10)));
}

/// The member of a member; an empty object when there is none.
Json nested(const Json& memory, std::string_view first, std::string_view second) {
    const Json* const outer = memory.find(first);
    const Json* const inner = outer != nullptr && outer->is_object() ? outer->find(second) : nullptr;
    return inner != nullptr && inner->is_object() ? *inner : Json::object();
}

std::string key(const CycleAtRoot& where) {
    return fmt::format("{} {} {}", freshet::Codec<Cycle>::write(where.cycle), where.product, where.root);
}

Frontier frontier_from(const Json& json) {
    Frontier frontier{.present = static_cast<int>(integer(json, "present", -1)),
                      .absent_at = restored(integer(json, "absent_at")),
                      .layout = text(json, "layout")};
    if (json.find("absent") != nullptr) frontier.absent = static_cast<int>(integer(json, "absent"));
    return frontier;
}

Json json_from(const Frontier& frontier) {
    auto json = Json::object();
    json["present"] = frontier.present;
    json["layout"] = frontier.layout;
    if (frontier.absent) {
        json["absent"] = *frontier.absent;
        json["absent_at"] = stored(frontier.absent_at);
    }
    return json;
}

/// Keys begin with the cycle, so that old ones can be told by their text.
void forget_old_frontiers(Json& frontiers, freshet::Time now) {
    const auto oldest = freshet::Codec<Cycle>::write(std::chrono::floor<std::chrono::hours>(now - frontiers_kept));
    auto members = frontiers.is_object() ? frontiers.as_object() : Json::Object{};
    const auto count = members.size();
    std::erase_if(members, [&oldest](const Json::Member& member) { return member.first < oldest; });
    if (members.size() != count) frontiers = Json(members);
}

}  // namespace

Health RootMemory::health(const std::string& root) const {
    const auto json = nested(read(), "roots", root);
    Health health{.failures = static_cast<int>(integer(json, "failures")),
                  .rests_until = restored(integer(json, "rests_until")),
                  .throttled_until = restored(integer(json, "throttled_until")),
                  .why = text(json, "why")};
    if (json.find("lag") != nullptr) health.lag = seconds(integer(json, "lag"));
    return health;
}

void RootMemory::did_well(const std::string& root) {
    edit([&root](Json& memory) {
        const auto before = nested(memory, "roots", root);
        if (integer(before, "failures") == 0 && integer(before, "throttled") == 0) return;
        auto& json = memory["roots"][root];
        json = Json::object();
        if (const Json* const lag = before.find("lag")) json["lag"] = *lag;
    });
}

void RootMemory::failed(const std::string& root, const std::string& why) {
    edit([&](Json& memory) {
        const auto before = nested(memory, "roots", root);
        // Requests that were under way together fail together: that is one failure.
        if (restored(integer(before, "rests_until")) > clock_.now()) return;
        const auto failures = integer(before, "failures") + 1;
        auto& json = memory["roots"][root];
        json["failures"] = failures;
        json["rests_until"] = stored(clock_.now() + doubled(first_rest, failures - 1, longest_rest));
        json["why"] = why;
    });
}

void RootMemory::throttled(const std::string& root, const std::string& why, std::optional<seconds> pause,
                           seconds first) {
    edit([&](Json& memory) {
        const auto before = nested(memory, "roots", root);
        if (restored(integer(before, "throttled_until")) > clock_.now()) return;
        const auto times = integer(before, "throttled") + 1;
        auto& json = memory["roots"][root];
        json["throttled"] = times;
        json["throttled_until"] = stored(clock_.now() + pause.value_or(doubled(first, times - 1, longest_throttle)));
        json["why"] = why;
    });
}

void RootMemory::lagged(const std::string& root, seconds lag) {
    edit([&](Json& memory) { memory["roots"][root]["lag"] = lag.count(); });
}

Frontier RootMemory::frontier(const CycleAtRoot& where) const {
    return frontier_from(nested(read(), "frontiers", key(where)));
}

void RootMemory::was_present(const CycleAtRoot& where, int lead, const std::string& layout) {
    edit([&](Json& memory) {
        auto frontier = frontier_from(nested(memory, "frontiers", key(where)));
        frontier.present = std::max(frontier.present, lead);
        frontier.layout = layout;
        if (frontier.absent && *frontier.absent <= frontier.present) frontier.absent.reset();
        memory["frontiers"][key(where)] = json_from(frontier);
        forget_old_frontiers(memory["frontiers"], clock_.now());
    });
}

void RootMemory::was_absent(const CycleAtRoot& where, int lead) {
    edit([&](Json& memory) {
        auto frontier = frontier_from(nested(memory, "frontiers", key(where)));
        const bool is_recent = frontier.absent && clock_.now() - frontier.absent_at < absence_counts;
        if (lead <= frontier.present || (is_recent && *frontier.absent < lead)) return;
        frontier.absent = lead;
        frontier.absent_at = clock_.now();
        memory["frontiers"][key(where)] = json_from(frontier);
    });
}

Json RootMemory::read() const {
    Json memory = Json::object();
    edit([&memory](Json& now) { memory = now; });
    return memory;
}

void RootMemory::edit(const std::function<void(Json&)>& edit) const {
    try {
        file_.edit_json(edit);
    } catch (const freshet::Error&) {
        // A folder that cannot be written, a full disk: every root counts as well, as on a new machine.
        return;
    }
}

}  // namespace gfs
