// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirror_selection.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// Leads may appear slightly out of order: hours above an absent lead that are still asked for.
constexpr int out_of_order_tolerance = 3;
/// Time for which an absent lead stands for all leads above it.
constexpr seconds absence_ttl = 60s, private_absence_ttl = 10s;
/// Time after the usual publication of a lead when its cycle is no longer being published, so that a gap in it tells
/// nothing of later leads.
constexpr auto publication_end_margin = 2h;
/// First pause after throttling without Retry-After. Public mirrors block clients for good that return too soon.
constexpr seconds initial_throttle = 60s, private_initial_throttle = 1s;
/// Maximum age of a file from which the lag of its mirror is measured.
constexpr auto max_age_for_lag = 1h;

/// Waiting for a file that is not ready costs no attempt, and each retry asks all mirrors again: so a broken mirror
/// must not use up the attempts while another one is merely late.
constexpr FailureClass most_hopeful_first[] = {FailureClass::not_ready, FailureClass::throttled,
                                               FailureClass::transient, FailureClass::permanent};

CycleAtMirror cycle_at(const Mirror& mirror, const FileKey& key) {
    return {.mirror = mirror.address, .cycle = key.cycle, .product = key.series()};
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
    const auto reason = unavailable_reason(mirror, role, key, clock_.now());
    if (!reason.empty()) throw SkippedMirror("skipped: " + reason, FailureClass::permanent);
    if (mirror.is_folder()) return;  // requests are free
    check_not_throttled(mirror);
    if (mirror.known != nullptr) check_schedule(mirror, key);
    check_frontier(mirror, key);
}

void MirrorSelection::check_not_throttled(const Mirror& mirror) const {
    const auto health = health_.health(mirror.address);
    const auto remaining = std::chrono::ceil<seconds>(health.throttled_until - clock_.now());
    if (remaining <= 0s) return;
    throw SkippedMirror(
        fmt::format("skipped until {}: {}", freshet::format_utc(health.throttled_until), health.last_error),
        FailureClass::throttled, remaining);
}

void MirrorSelection::check_schedule(const Mirror& mirror, const FileKey& key) const {
    const auto earliest = earliest_publication(key);
    if (clock_.now() >= earliest) return;
    const auto lag = health_.health(mirror.address).lag;
    const auto lag_note = lag ? fmt::format(", lately {} min later", std::max<std::int64_t>(lag->count() / 60, 0)) : "";
    throw SkippedMirror(fmt::format("skipped: lead {} of {} is not expected before {}{}", key.lead,
                                    freshet::Codec<Cycle>::write(key.cycle), freshet::format_utc(earliest), lag_note),
                        FailureClass::not_ready, std::chrono::ceil<seconds>(earliest - clock_.now()));
}

void MirrorSelection::check_frontier(const Mirror& mirror, const FileKey& key) const {
    const auto now = clock_.now();
    if (now > usual_publication(key) + publication_end_margin) return;
    const auto frontier = health_.frontier(cycle_at(mirror, key));
    if (!frontier.first_absent || key.lead <= *frontier.first_absent + out_of_order_tolerance) return;
    if (now < frontier.absent_checked_at) return;  // the clock was set back since
    if (now >= frontier.absent_checked_at + (mirror.known != nullptr ? absence_ttl : private_absence_ttl)) return;
    throw SkippedMirror(fmt::format("skipped: at {} lead {} of {} was not published yet",
                                    freshet::format_utc(frontier.absent_checked_at), *frontier.first_absent,
                                    freshet::Codec<Cycle>::write(key.cycle)),
                        FailureClass::not_ready);
}

std::vector<std::string> MirrorSelection::paths(const Mirror& mirror, const FileKey& key) const {
    const auto layouts = mirror.layouts();
    const auto known = health_.frontier(cycle_at(mirror, key)).layout;
    const auto at = std::ranges::find(layouts, known);
    if (at == layouts.end()) return grib_paths(key, layouts);
    return grib_paths(key, std::span(at, 1));
}

void MirrorSelection::record_found(const Mirror& mirror, const FileKey& key, const ForecastFile& file) {
    health_.record_success(mirror.address);
    for (const auto& layout : mirror.layouts()) {
        const auto paths = grib_paths(key, std::span(&layout, 1));
        if (!paths.empty() && paths.front() == file.path) {
            health_.record_present(cycle_at(mirror, key), key.lead, std::string(layout));
        }
    }
    const auto written = file.info.last_modified;
    if (mirror.known == nullptr || !written || clock_.now() - *written > max_age_for_lag) return;
    health_.record_lag(mirror.address, std::chrono::floor<seconds>(*written - earliest_publication(key)));
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

void CombinedErrors::add(const std::string& mirror, const freshet::TransientError& error) {
    errors_.emplace_back(mirror, error);
}

freshet::TransientError CombinedErrors::combined(const std::string& file) const {
    if (errors_.size() == 1) return errors_.front().second;
    const auto rank = [](const auto& entry) {
        return std::ranges::find(most_hopeful_first, entry.second.failure_class()) - std::begin(most_hopeful_first);
    };
    const auto best = rank(*std::ranges::min_element(errors_, {}, rank));
    std::string message = fmt::format("no mirror has {}", file);
    std::optional<std::chrono::seconds> shortest_wait;
    bool is_wait_known = true;
    for (const auto& entry : errors_) {
        message += fmt::format("; {}: {}", entry.first, entry.second.what());
        if (rank(entry) != best) continue;
        const auto retry_after = entry.second.retry_after();
        // A mirror without Retry-After may recover at any time.
        is_wait_known = is_wait_known && retry_after.has_value();
        if (retry_after) shortest_wait = std::min(shortest_wait.value_or(*retry_after), *retry_after);
    }
    return freshet::TransientError(message, most_hopeful_first[best], is_wait_known ? shortest_wait : std::nullopt);
}

}  // namespace gfs
