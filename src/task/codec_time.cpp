// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/codec.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace freshet {

namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Reads the numbers of `text` where `pattern` has runs of digits and everything else letter by letter: so
/// "2026-11-21" fits "0000-00-00". Empty when it does not fit.
template <std::size_t N>
bool numbers(std::string_view text, std::string_view pattern, std::array<int, N>& found) {
    if (text.size() != pattern.size()) return false;
    std::size_t index = 0;
    found.fill(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool wants_digit = pattern[i] == '0';
        if (wants_digit != (text[i] >= '0' && text[i] <= '9')) return false;
        if (wants_digit)
            found[index] = found[index] * 10 + (text[i] - '0');
        else if (text[i] != pattern[i])
            return false;
        else
            ++index;
    }
    return true;
}

year_month_day date_of(int year, int month, int day) {
    return {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
            std::chrono::day(static_cast<unsigned>(day))};
}

std::string date_text(const year_month_day& date) {
    return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

}  // namespace

std::string Codec<sys_days>::write(sys_days value) { return date_text(value); }

sys_days Codec<sys_days>::read(std::string_view text) {
    std::array<int, 3> n;
    if (numbers(text, "0000-00-00", n))
        if (const auto date = date_of(n[0], n[1], n[2]); date.ok()) return date;
    throw ParameterError(fmt::format("'{}' is not a date like 2026-11-21", text));
}

std::string Codec<DateHour>::write(DateHour value) {
    const auto day = std::chrono::floor<std::chrono::days>(value);
    return fmt::format("{}T{:02}", date_text(day), (value - day).count());
}

DateHour Codec<DateHour>::read(std::string_view text) {
    std::array<int, 4> n;
    if (numbers(text, "0000-00-00T00", n) && n[3] < 24)
        if (const auto date = date_of(n[0], n[1], n[2]); date.ok()) return sys_days(date) + std::chrono::hours(n[3]);
    throw ParameterError(fmt::format("'{}' is not a full hour like 2026-11-21T06", text));
}

std::string Codec<DateMinute>::write(DateMinute value) {
    const auto hour = std::chrono::floor<std::chrono::hours>(value);
    return fmt::format("{}{:02}", Codec<DateHour>::write(hour), (value - hour).count());
}

DateMinute Codec<DateMinute>::read(std::string_view text) {
    std::array<int, 4> n;
    std::array<int, 5> old;
    if (numbers(text, "0000-00-00T00H00", old))
        n = {old[0], old[1], old[2], old[3] * 100 + old[4]};
    else if (!numbers(text, "0000-00-00T0000", n))
        n = {};
    const int hour = n[3] / 100, minute = n[3] % 100;
    if (const auto date = date_of(n[0], n[1], n[2]); date.ok() && hour < 24 && minute < 60)
        return sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute);
    throw ParameterError(fmt::format("'{}' is not a full minute like 2026-11-21T0630", text));
}

std::string Codec<std::chrono::year_month>::write(std::chrono::year_month value) {
    return fmt::format("{:04}-{:02}", int(value.year()), unsigned(value.month()));
}

std::chrono::year_month Codec<std::chrono::year_month>::read(std::string_view text) {
    std::array<int, 2> n;
    if (numbers(text, "0000-00", n))
        if (const auto date = date_of(n[0], n[1], 1); date.ok()) return date.year() / date.month();
    throw ParameterError(fmt::format("'{}' is not a month like 2026-11", text));
}

std::string Codec<std::chrono::year>::write(std::chrono::year value) { return fmt::format("{:04}", int(value)); }

std::chrono::year Codec<std::chrono::year>::read(std::string_view text) {
    std::array<int, 1> n;
    if (numbers(text, "0000", n)) return std::chrono::year(n[0]);
    throw ParameterError(fmt::format("'{}' is not a year like 2026", text));
}

namespace {

struct Unit {
    std::string_view word;  ///< as in "2 hours"
    char letter;            ///< as in "2h" and in ISO 8601
    long long length;       ///< seconds
};
constexpr Unit units[] = {
    {"week", 'w', 604'800}, {"day", 'd', 86'400}, {"hour", 'h', 3'600}, {"minute", 'm', 60}, {"second", 's', 1}};

bool names(std::string_view word, const Unit& unit) {
    return word == unit.word || word == std::string(unit.word) + "s" || (word.size() == 1 && word[0] == unit.letter);
}

/// Takes what `accept` likes off the front of `text`.
std::string_view take(std::string_view& text, int (*accept)(int)) {
    std::size_t length = 0;
    while (length < text.size() && accept(static_cast<unsigned char>(text[length]))) ++length;
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

/// "1 week 2 days 3h 4m 5 s": numbers with units, from the longest unit to the shortest, each at most once.
/// With `time_mark`, ISO 8601's "3DT4H5M6S", in lower case.
bool read_parts(std::string_view text, bool is_iso, long long& total) {
    const Unit* next = std::begin(units);
    total = 0;
    bool any = false;
    bool in_time = !is_iso;
    while (!(text = trimmed(text)).empty()) {
        if (is_iso && text[0] == 't') {
            in_time = true;
            text.remove_prefix(1);
        }
        long long count = 0;
        const std::string_view digits = take(text, std::isdigit);
        if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{}) return false;
        text = trimmed(text);
        const std::string_view word = is_iso ? text.substr(0, 1) : take(text, std::isalpha);
        if (is_iso) text.remove_prefix(word.size());
        while (next != std::end(units) && !names(word, *next)) ++next;
        if (next == std::end(units) || in_time != (!is_iso || next->length < 86'400)) return false;
        if (__builtin_mul_overflow(count, next->length, &count) || __builtin_add_overflow(total, count, &total))
            return false;
        ++next;
        any = true;
    }
    return any;
}

}  // namespace

std::string Codec<seconds>::write(seconds value) {
    // As Python: the weeks and days carry the sign, the rest counts up from there.
    const long long days = std::chrono::floor<std::chrono::days>(value).count();
    const long long rest = value.count() - days * 86'400;
    const long long weeks = days >= 0 ? days / 7 : -((6 - days) / 7);
    return fmt::format("{} w {} d {} h {} m {} s", weeks, days - weeks * 7, rest / 3'600, rest / 60 % 60, rest % 60);
}

seconds Codec<seconds>::read(std::string_view text) {
    const std::string words = lower(trimmed(text));
    long long total = 0;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), total);
    if (!words.empty() && error == std::errc{} && end == words.data() + words.size()) return seconds(total);
    // write() formats negative durations with negative weeks first.
    if (words.starts_with('-')) {
        long long weeks = 0;
        const auto sign_end = words.find(" w ");
        if (sign_end != words.npos && read_parts(words.substr(1, sign_end + 1), false, weeks) &&
            read_parts(std::string_view(words).substr(sign_end + 3), false, total))
            return seconds(total - weeks);
    } else if (words.starts_with('p') ? read_parts(std::string_view(words).substr(1), true, total)
                                      : read_parts(words, false, total)) {
        return seconds(total);
    }
    throw ParameterError(fmt::format("'{}' is not a duration like 90, PT6H or '1h 30m'", text));
}

}  // namespace freshet
