// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/parameter_types.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

namespace freshet {

namespace {

using Days = std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using IntervalUnit = DateInterval::Unit;

/// A number of two digits; 100 for anything else.
int two_digits(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 2 && is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : 100;
}

sys_days monday_of(sys_days day) { return day - Days(static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1); }

/// ISO 8601's name of a week: its year is the one that has its Thursday.
std::string week_text(sys_days monday) {
    const sys_days thursday = monday + Days(3);
    const std::chrono::year year = year_month_day(thursday).year();
    return fmt::format("{:04}-W{:02}", int(year), (thursday - sys_days(year / 1 / 1)).count() / 7 + 1);
}

/// The Monday of the week with that name; nullopt if the year has no such week.
std::optional<sys_days> monday_from(std::string_view text) {
    const std::string_view week = text.substr(text.size() - 2);
    const sys_days fourth_of_january(Codec<std::chrono::year>::read(text.substr(0, 4)) / 1 / 4);
    const sys_days monday = monday_of(fourth_of_january) + Days(7 * (two_digits(week) - 1));
    return week_text(monday) == text ? std::optional(monday) : std::nullopt;
}

}  // namespace

std::string Codec<DateSecond>::write(DateSecond value) {
    const auto hour = std::chrono::floor<std::chrono::hours>(value);
    const auto rest = (value - hour).count();
    return fmt::format("{}{:02}{:02}", Codec<DateHour>::write(hour), rest / 60, rest % 60);
}

DateSecond Codec<DateSecond>::read(std::string_view text) {
    try {
        constexpr std::size_t hour_size = 13, size = 17;
        const int minute = text.size() == size ? two_digits(text.substr(hour_size, 2)) : 100;
        const int second = text.size() == size ? two_digits(text.substr(hour_size + 2)) : 100;
        if (minute < 60 && second < 60)
            return Codec<DateHour>::read(text.substr(0, hour_size)) + std::chrono::minutes(minute) +
                   std::chrono::seconds(second);
    } catch (const ParameterError&) {
        // said below
    }
    throw ParameterError(fmt::format("'{}' is not a full second like 2026-11-21T063015", text));
}

DateInterval::DateInterval(sys_days first, sys_days end) : DateInterval(Unit::none, first, end) {
    if (end < first) throw ParameterError(fmt::format("'{}' ends before it begins", Codec<DateInterval>::write(*this)));
}

DateInterval DateInterval::containing(Unit unit, sys_days day) {
    const year_month_day date(day);
    switch (unit) {
        case Unit::day:
            return {unit, day, day + Days(1)};
        case Unit::week:
            return {unit, monday_of(day), monday_of(day) + Days(7)};
        case Unit::month:
            return {unit, date.year() / date.month() / 1, (date.year() / date.month() + std::chrono::months(1)) / 1};
        case Unit::year:
            return {unit, date.year() / 1 / 1, (date.year() + std::chrono::years(1)) / 1 / 1};
        case Unit::none:
            break;
    }
    throw Error("make a date interval: it needs a unit");
}

std::vector<sys_days> DateInterval::days() const {
    std::vector<sys_days> all;
    for (sys_days day = first_; day < end_; day += Days(1)) all.push_back(day);
    return all;
}

DateInterval DateInterval::next() const { return containing(unit_, end_); }
DateInterval DateInterval::previous() const { return containing(unit_, first_ - Days(1)); }

std::string Codec<DateInterval>::write(const DateInterval& value) {
    const year_month_day first(value.first());
    switch (value.unit()) {
        case IntervalUnit::day:
            return Codec<sys_days>::write(value.first());
        case IntervalUnit::week:
            return week_text(value.first());
        case IntervalUnit::month:
            return Codec<std::chrono::year_month>::write(first.year() / first.month());
        case IntervalUnit::year:
            return Codec<std::chrono::year>::write(first.year());
        case IntervalUnit::none:
            break;
    }
    return Codec<sys_days>::write(value.first()) + "-" + Codec<sys_days>::write(value.end());
}

DateInterval Codec<DateInterval>::read(std::string_view text) {
    constexpr std::size_t year_size = 4, month_size = 7, week_size = 8, day_size = 10, range_size = 21;
    try {
        if (text.size() == year_size)
            return DateInterval::containing(IntervalUnit::year, Codec<std::chrono::year>::read(text) / 1 / 1);
        if (text.size() == month_size)
            return DateInterval::containing(IntervalUnit::month, Codec<std::chrono::year_month>::read(text) / 1);
        if (text.size() == day_size) return DateInterval::containing(IntervalUnit::day, Codec<sys_days>::read(text));
        if (text.size() == week_size)
            if (const auto monday = monday_from(text)) return DateInterval::containing(IntervalUnit::week, *monday);
        if (text.size() == range_size && text[day_size] == '-')
            return {Codec<sys_days>::read(text.substr(0, day_size)), Codec<sys_days>::read(text.substr(day_size + 1))};
    } catch (const ParameterError&) {
        // said below
    }
    throw ParameterError(fmt::format(
        "'{}' is not a date interval like 2026, 2026-11, 2026-W47, 2026-11-21 or 2026-11-21-2026-12-05", text));
}

Json Codec<Json>::read(std::string_view text) {
    try {
        Json value = Json::parse(text);
        if (value.is_object() || value.is_array() || value.is_null()) return value;
    } catch (const Error& error) {
        throw ParameterError(fmt::format("'{}' is not JSON: {}", text, error.what()));
    }
    throw ParameterError(fmt::format("'{}' is neither a JSON object nor a JSON array", text));
}

namespace detail {

std::string write_tuple(const std::vector<std::string>& elements, const std::vector<ListStyle>& styles) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const std::string list = write_list({elements[i]}, styles[i]);  // "[1]"
        texts.push_back(list.substr(1, list.size() - 2));
    }
    return "[" + joined(texts, ", ") + "]";
}

std::vector<std::string> read_tuple(std::string_view text, const std::vector<ListStyle>& styles) {
    try {
        const Json list = Json::parse(text);
        const Json::Array& elements = list.as_array();
        if (elements.size() != styles.size()) throw Error(fmt::format("it has {} elements", elements.size()));
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < styles.size(); ++i)
            texts.push_back(read_list(Json(Json::Array{elements[i]}).text(), styles[i]).front());
        return texts;
    } catch (const Error& error) {
        throw ParameterError(
            fmt::format("'{}' is not a JSON array with {} elements: {}", text, styles.size(), error.what()));
    }
}

void throw_not_between(const std::string& value, std::int64_t least, std::int64_t most) {
    throw ParameterError(fmt::format("'{}' is not between {} and {}", value, least, most));
}

}  // namespace detail
}  // namespace freshet
