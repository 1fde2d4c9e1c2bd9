// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/rate_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace gfs {
namespace {

using Milliseconds = std::chrono::milliseconds;
using Instant = std::int64_t;  ///< milliseconds since 1970

/// The longest wait of a worker before a download starts.
constexpr Milliseconds max_wait{3'000};

/// Longer, since a download that is given up starts over.
constexpr Milliseconds max_wait_during_download = 3 * RateLimit::window;

Instant to_instant(freshet::Time time) { return std::chrono::floor<Milliseconds>(time.time_since_epoch()).count(); }

/// Parses instants of requests that were sent or reserved: one a line; stops at the first damaged line.
std::vector<Instant> parse_instants(std::string_view text) {
    std::vector<Instant> instants;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        Instant value = 0;
        const auto [after, error] = std::from_chars(at, end, value);
        if (error != std::errc{}) break;
        instants.push_back(value);
        at = after + 1;
    }
    std::ranges::sort(instants);
    return instants;
}

std::string format_instants(const std::vector<Instant>& instants) {
    std::string text;
    for (const auto instant : instants) text += std::to_string(instant) + '\n';
    return text;
}

/// Removes instants outside any window that ends now, also future ones, which a clock that was set back leaves.
void remove_expired(std::vector<Instant>& instants, Instant now) {
    std::erase_if(instants, [now](Instant at) {
        return at + RateLimit::window.count() < now || at > now + RateLimit::window.count();
    });
}

/// Returns how long until `count` more requests fit; zero when they fit now.
Milliseconds required_wait(const std::vector<Instant>& used, std::size_t count, std::size_t limit, Instant now) {
    if (used.size() + count <= limit) return Milliseconds(0);
    // A window includes both its ends: an instant expires 1 ms after it is as old as the window.
    const auto last_blocking = used[std::min(used.size() + count - limit, used.size()) - 1];
    return Milliseconds(last_blocking + RateLimit::window.count() + 1 - now);
}

/// Removes up to `count` entries of that instant and returns their number.
std::size_t remove_reserved(std::vector<Instant>& instants, Instant at, std::size_t count) {
    const auto [begin, end] = std::ranges::equal_range(instants, at);
    const auto taken = std::min(count, static_cast<std::size_t>(end - begin));
    instants.erase(begin, begin + static_cast<std::ptrdiff_t>(taken));
    return taken;
}

}  // namespace

std::size_t RateLimit::used() const {
    std::size_t count = 0;
    file_.update([&](const std::string& content) {
        auto used = parse_instants(content);
        remove_expired(used, to_instant(clock_.now()));
        count = used.size();
    });
    return count;
}

std::variant<Reservation, Milliseconds> RateLimit::reserve(std::size_t count) const {
    std::variant<Reservation, Milliseconds> result;
    file_.update([&](std::string& content) {
        const auto now = to_instant(clock_.now());
        auto used = parse_instants(content);
        remove_expired(used, now);
        const auto wait = required_wait(used, count, limit_, now);
        if (wait.count() > 0) {
            result = wait;
        } else {
            used.insert(used.end(), count, now);
            result = Reservation{.at = freshet::Time(Milliseconds(now)), .remaining = count};
        }
        content = format_instants(used);
    });
    return result;
}

Milliseconds RateLimit::acquire(Reservation& reservation) const {
    Milliseconds wait(0);
    file_.update([&](std::string& content) {
        const auto now = to_instant(clock_.now());
        auto used = parse_instants(content);
        remove_expired(used, now);
        const auto kept = remove_reserved(used, to_instant(reservation.at), reservation.remaining);
        if (kept == 0) wait = required_wait(used, 1, limit_, now);
        // Renew the rest of the reservation, so that it does not expire during a long download.
        if (wait.count() == 0) used.insert(used.end(), std::max<std::size_t>(kept, 1), now);
        reservation = {.at = freshet::Time(Milliseconds(now)), .remaining = kept == 0 ? 0 : kept - 1};
        content = format_instants(used);
    });
    return wait;
}

RateLimitedSource::RateLimitedSource(std::unique_ptr<Source> source, RateLimit limit, std::string host, Sleep sleep)
    : source_(std::move(source)), limit_(std::move(limit)), host_(std::move(host)), sleep_(std::move(sleep)) {}

FileInfo RateLimitedSource::head(const std::string& path) {
    acquire_permit();
    return source_->head(path);
}

WholeFile RateLimitedSource::get(const std::string& path) {
    acquire_permit();
    return source_->get(path);
}

std::string RateLimitedSource::get(const std::string& path, ByteRange range) {
    acquire_permit();
    return source_->get(path, range);
}

void RateLimitedSource::reserve(std::size_t requests) {
    if (requests <= reservation_.remaining) return;
    const auto count = std::min(requests, limit_.limit());
    for (Milliseconds waited{0};;) {
        const auto result = limit_.reserve(count);
        if (const auto* reservation = std::get_if<Reservation>(&result)) {
            reservation_ = *reservation;
            return;
        }
        const auto wait = std::get<Milliseconds>(result);
        waited += wait;
        if (waited > max_wait) reject(wait);
        sleep_(wait);
    }
}

void RateLimitedSource::acquire_permit() {
    for (Milliseconds waited{0};;) {
        const auto wait = limit_.acquire(reservation_);
        if (wait.count() == 0) return;
        waited += wait;
        if (waited > max_wait_during_download) reject(wait);
        sleep_(wait);
    }
}

void RateLimitedSource::reject(Milliseconds wait) const {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    throw SkippedMirror(fmt::format("rate limit of '{}' ({} requests a minute) reached: next request in {} s", host_,
                                    limit_.limit(), seconds.count()),
                        freshet::FailureClass::throttled, seconds);
}

}  // namespace gfs
