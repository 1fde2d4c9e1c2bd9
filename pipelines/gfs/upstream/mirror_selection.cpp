// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirror_selection.hpp"

#include "upstream/own_refusal.hpp"
#include "upstream/schedule.hpp"
#include "upstream/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// Leads may appear a little out of order: so many hours above one that is absent are asked for all the same.
constexpr int out_of_order_tolerance = 3;
/// How long the absence of one lead speaks for those above it, at public mirrors and at others.
constexpr seconds absence_ttl = 60s, private_absence_ttl = 10s;
/// So long after a lead is usually there, nobody publishes that cycle any more, and a hole in it says nothing of the
/// rest.
constexpr auto publication_end_margin = 2h;
/// A public mirror that throttles and does not say for how long blocks those for good that ask again too soon.
constexpr seconds initial_throttle = 60s, private_initial_throttle = 1s;
/// A file that appeared so lately tells how late its mirror is.
constexpr auto max_age_for_lag = 1h;

CycleAtMirror cycle_at(const Mirror& mirror, const FileKey& key) {
    return {.mirror = mirror.address, .cycle = key.cycle, .product = key.product};
}

}  // namespace

std::vector<Mirror> MirrorSelection::candidates(std::string_view first) const {
    const auto now = clock_.now();
    auto mirrors = mirrors_;
    std::ranges::stable_partition(mirrors, [first](const Mirror& mirror) { return mirror.address == first; });
    std::ranges::stable_partition(
        mirrors, [&](const Mirror& mirror) { return health_.health(mirror.address).backoff_until <= now; });
    return mirrors;
}

void MirrorSelection::check_available(const Mirror& mirror, const FileKey& key) const {
    const auto role = mirror.address == mirrors_.front().address ? MirrorRole::preferred : MirrorRole::fallback;
    const auto reason = unavailable_reason(mirror, role, key.cycle, clock_.now());
    if (!reason.empty()) throw SkippedMirror("not asked: " + reason, FailureClass::permanent);
    if (mirror.is_folder()) return;  // asking costs nothing
    check_not_throttled(mirror);
    if (mirror.known != nullptr) check_schedule(mirror, key);
    check_frontier(mirror, key);
}

void MirrorSelection::check_not_throttled(const Mirror& mirror) const {
    const auto health = health_.health(mirror.address);
    const auto remaining = std::chrono::ceil<seconds>(health.throttled_until - clock_.now());
    if (remaining <= 0s) return;
    throw SkippedMirror(fmt::format("not asked before {}: {}", utc_text(health.throttled_until), health.last_error),
                        FailureClass::throttled, remaining);
}

void MirrorSelection::check_schedule(const Mirror& mirror, const FileKey& key) const {
    const auto first = earliest_publication(key.cycle, key.lead);
    if (clock_.now() >= first) return;
    const auto lag = health_.health(mirror.address).lag;
    const auto lag_note =
        lag ? fmt::format(", and of late {} min later", std::max<std::int64_t>(lag->count() / 60, 0)) : "";
    throw SkippedMirror(fmt::format("not asked: lead {} of {} is not expected before {}{}", key.lead,
                                    freshet::Codec<Cycle>::write(key.cycle), utc_text(first), lag_note),
                        FailureClass::not_ready, std::chrono::ceil<seconds>(first - clock_.now()));
}

void MirrorSelection::check_frontier(const Mirror& mirror, const FileKey& key) const {
    const auto now = clock_.now();
    if (now > usual_publication(key.cycle, key.lead) + publication_end_margin) return;
    const auto frontier = health_.frontier(cycle_at(mirror, key));
    if (!frontier.first_absent || key.lead <= *frontier.first_absent + out_of_order_tolerance) return;
    if (now >= frontier.absent_checked_at + (mirror.known != nullptr ? absence_ttl : private_absence_ttl)) return;
    throw SkippedMirror(
        fmt::format("not asked: at {} lead {} of {} was not there yet", utc_text(frontier.absent_checked_at),
                    *frontier.first_absent, freshet::Codec<Cycle>::write(key.cycle)),
        FailureClass::not_ready);
}

std::vector<std::string> MirrorSelection::paths(const Mirror& mirror, const FileKey& key) const {
    const auto layouts = mirror.layouts();
    const auto known = health_.frontier(cycle_at(mirror, key)).layout;
    const auto at = std::ranges::find(layouts, known);
    if (at == layouts.end()) return grib_paths(key.cycle, key.product, key.lead, layouts);
    return grib_paths(key.cycle, key.product, key.lead, std::span(at, 1));
}

void MirrorSelection::record_found(const Mirror& mirror, const FileKey& key, const LeadFile& file) {
    health_.record_success(mirror.address);
    for (const auto& layout : mirror.layouts()) {
        const auto paths = grib_paths(key.cycle, key.product, key.lead, std::span(&layout, 1));
        if (!paths.empty() && paths.front() == file.path) {
            health_.record_present(cycle_at(mirror, key), key.lead, std::string(layout));
        }
    }
    const auto written = file.info.last_modified;
    if (mirror.known == nullptr || !written || clock_.now() - *written > max_age_for_lag) return;
    health_.record_lag(mirror.address,
                       std::chrono::floor<seconds>(*written - earliest_publication(key.cycle, key.lead)));
}

void MirrorSelection::record_absent(const Mirror& mirror, const FileKey& key) {
    health_.record_success(mirror.address);
    health_.record_absent(cycle_at(mirror, key), key.lead);
}

void MirrorSelection::record_failure(const Mirror& mirror, const TransientError& error) {
    if (error.failure_class() == FailureClass::not_ready) return;
    if (error.failure_class() == FailureClass::throttled) {
        health_.record_throttling(mirror.address, error.what(), error.retry_after(),
                                  mirror.known != nullptr ? initial_throttle : private_initial_throttle);
    } else {
        health_.record_failure(mirror.address, error.what());
    }
}

}  // namespace gfs
