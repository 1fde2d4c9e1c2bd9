// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace freshet {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekday_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads "2026-08-21T06:00:00", a fraction and "Z" or "+02:00" from the front of a text, piece by piece.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool take(char expected) {
        if (rest_.empty() || rest_[0] != expected) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool take(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }

    /// The index of the name at the front, all names being three letters long.
    std::optional<std::size_t> name(std::span<const std::string_view> names) {
        const auto found = std::ranges::find(names, rest_.substr(0, 3));
        if (found == names.end()) return std::nullopt;
        rest_.remove_prefix(3);
        return static_cast<std::size_t>(found - names.begin());
    }

    /// Exactly so many digits.
    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit(rest_[i])) return std::nullopt;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    /// ".25" as a part of a second; nullopt when a point has no digit behind it.
    std::optional<nanoseconds> fraction() {
        if (!take('.')) return nanoseconds{0};
        if (rest_.empty() || !is_digit(rest_[0])) return std::nullopt;
        std::int64_t value = 0;
        for (std::int64_t unit = 100'000'000; !rest_.empty() && is_digit(rest_[0]); unit /= 10) {
            value += unit * (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        return nanoseconds{value};
    }

    /// "Z", or an offset like "+02:00".
    std::optional<minutes> offset() {
        if (take('Z') || take('z')) return minutes{0};
        const bool negative = take('-');
        if (!negative && !take('+')) return std::nullopt;
        const auto hour = digits(2);
        if (!hour || *hour > 23 || !take(':')) return std::nullopt;
        const auto minute = digits(2);
        if (!minute || *minute > 59) return std::nullopt;
        const minutes value = hours{*hour} + minutes{*minute};
        return negative ? -value : value;
    }

    bool at_end() const { return rest_.empty(); }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view rest_;
};

std::optional<sys_days> read_date(Reader& reader) {
    const auto y = reader.digits(4);
    if (!y || !reader.take('-')) return std::nullopt;
    const auto m = reader.digits(2);
    if (!m || !reader.take('-')) return std::nullopt;
    const auto d = reader.digits(2);
    if (!d) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
    return date.ok() ? std::optional<sys_days>(date) : std::nullopt;
}

std::optional<seconds> read_time_of_day(Reader& reader) {
    const auto h = reader.digits(2);
    if (!h || *h > 23 || !reader.take(':')) return std::nullopt;
    const auto m = reader.digits(2);
    if (!m || *m > 59 || !reader.take(':')) return std::nullopt;
    const auto s = reader.digits(2);
    if (!s || *s > 60) return std::nullopt;  // 60: a leap second
    return hours{*h} + minutes{*m} + seconds{*s};
}

std::optional<Time> read_instant(std::string_view text) {
    Reader reader(text);
    const auto date = read_date(reader);
    if (!date || !(reader.take('T') || reader.take('t') || reader.take(' '))) return std::nullopt;
    const auto time = read_time_of_day(reader);
    if (!time) return std::nullopt;
    const auto fraction = reader.fraction();
    if (!fraction) return std::nullopt;
    const auto offset = reader.offset();
    if (!offset || !reader.at_end()) return std::nullopt;
    return time_point_cast<Time::duration>(*date + *time + *fraction - *offset);
}

std::optional<sys_days> read_http_day(Reader& reader) {
    if (!reader.name(weekday_names) || !reader.take(", ")) return std::nullopt;
    const auto d = reader.digits(2);
    if (!d || !reader.take(' ')) return std::nullopt;
    const auto m = reader.name(month_names);
    if (!m || !reader.take(' ')) return std::nullopt;
    const auto y = reader.digits(4);
    if (!y) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m) + 1}, day{static_cast<unsigned>(*d)}};
    return date.ok() ? std::optional<sys_days>(date) : std::nullopt;
}

}  // namespace

std::string format_utc(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string format_http_date(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time - day));
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekday_names[weekday(day).c_encoding()],
                       unsigned(date.day()), month_names[unsigned(date.month()) - 1], int(date.year()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<Time> parse_http_date(std::string_view text) {
    Reader reader(text);
    const auto date = read_http_day(reader);
    if (!date || !reader.take(' ')) return std::nullopt;
    const auto time = read_time_of_day(reader);
    if (!time || !reader.take(" GMT") || !reader.at_end()) return std::nullopt;
    return *date + *time;
}

std::string rfc3339(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"), int(date.year()),
                       unsigned(date.month()), unsigned(date.day()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count(), clock.subseconds().count());
}

Time time_from_rfc3339(std::string_view text) {
    if (const auto time = read_instant(text)) return *time;
    throw Error(fmt::format("'{}' is not an instant like 2026-08-21T06:00:00Z", text));
}

double epoch_seconds(Time time) { return duration<double>(time.time_since_epoch()).count(); }

Time time_from_epoch_seconds(double seconds) {
    // Rounded to what a double resolves today, so that an instant survives the way there and back.
    return Time(microseconds(std::llround(seconds * 1e6)));
}

std::optional<Time> earliest(std::initializer_list<std::optional<Time>> times) {
    std::optional<Time> first;
    for (const auto& time : times)
        if (time && (!first || *time < *first)) first = time;
    return first;
}

std::string readable_duration(milliseconds duration) {
    if (duration < 1s) return fmt::format("{} ms", duration.count());
    const auto rounded = round<seconds>(duration);
    const hh_mm_ss parts(rounded);
    if (rounded < 1min) return fmt::format("{} s", rounded.count());
    if (rounded < 1h) return fmt::format("{} min {:02} s", parts.minutes().count(), parts.seconds().count());
    return fmt::format("{} h {:02} min", parts.hours().count(), parts.minutes().count());
}

Time SystemClock::now() const { return std::chrono::system_clock::now(); }

std::chrono::steady_clock::time_point SystemClock::steady_now() const { return std::chrono::steady_clock::now(); }

}  // namespace freshet
