// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/rate_limit.hpp"

#include <algorithm>
#include <charconv>

namespace gfs {
namespace {

using Milliseconds = std::chrono::milliseconds;
using Instant = std::int64_t;  ///< milliseconds since 1970

Instant to_instant(freshet::Time time) { return std::chrono::floor<Milliseconds>(time.time_since_epoch()).count(); }

/// When requests were sent, or reserved: one instant a line, ascending.
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

/// Drops what no window that ends now can hold, and what a clock that was set back left in the future.
void remove_expired(std::vector<Instant>& instants, Instant now) {
    std::erase_if(instants, [now](Instant at) {
        return at + RateLimit::window.count() < now || at > now + RateLimit::window.count();
    });
}

/// How long until `count` more fit; zero when they do now.
Milliseconds required_wait(const std::vector<Instant>& used, std::size_t count, std::size_t limit, Instant now) {
    if (used.size() + count <= limit) return Milliseconds(0);
    // Those in the way leave when they are older than the window: a window includes both its ends.
    const auto last_blocking = used[std::min(used.size() + count - limit, used.size()) - 1];
    return Milliseconds(last_blocking + RateLimit::window.count() + 1 - now);
}

/// Takes up to `count` entries of that instant out; how many there were.
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
        // The rest of the reservation moves along, so that it does not lapse during a long download.
        if (wait.count() == 0) used.insert(used.end(), std::max<std::size_t>(kept, 1), now);
        reservation = {.at = freshet::Time(Milliseconds(now)), .remaining = kept == 0 ? 0 : kept - 1};
        content = format_instants(used);
    });
    return wait;
}

}  // namespace gfs
