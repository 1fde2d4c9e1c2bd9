// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"
#include "freshet/json.hpp"

#include <array>
#include <cstdint>
#include <tuple>

// Types for parameters, besides those of the standard library: Luigi's DateSecond, DateInterval, Dict, Tuple, Choice
// and Numerical.
namespace freshet {

/// A full second in UTC: 2026-11-21T063015.
using DateSecond = std::chrono::sys_seconds;

template <>
struct Codec<DateSecond> {
    static constexpr std::string_view example = "2026-11-21T063015";
    static std::string write(DateSecond value);
    static DateSecond read(std::string_view text);
};

/// Consecutive days: a day, an ISO week, a month, a year, or any others. Two that have the same days and are written in
/// different ways differ.
class DateInterval {
public:
    /// The length of an interval; none: any days.
    enum class Unit { day, week, month, year, none };

    /// 1970-01-01.
    DateInterval() : DateInterval(containing(Unit::day, {})) {}
    /// Any days from `first` on; `end` is not one of them. Throws ParameterError when it is before `first`.
    DateInterval(std::chrono::sys_days first, std::chrono::sys_days end);
    /// The day, week, month or year that has the day in it.
    static DateInterval containing(Unit unit, std::chrono::sys_days day);

    /// The unit as which it is written.
    Unit unit() const { return unit_; }
    /// The first day.
    std::chrono::sys_days first() const { return first_; }
    /// The day after the last one.
    std::chrono::sys_days end() const { return end_; }
    /// All of its days, in order.
    std::vector<std::chrono::sys_days> days() const;
    /// True for one of its days.
    bool contains(std::chrono::sys_days day) const { return first_ <= day && day < end_; }

    /// The interval of the same unit after this one, and before it. Throw Error for one without unit.
    DateInterval next() const;
    /// The interval of the same unit before this one. Throws Error for one without unit.
    DateInterval previous() const;

    friend bool operator==(const DateInterval&, const DateInterval&) = default;

private:
    DateInterval(Unit unit, std::chrono::sys_days first, std::chrono::sys_days end)
        : unit_(unit), first_(first), end_(end) {}

    Unit unit_;
    std::chrono::sys_days first_;
    std::chrono::sys_days end_;
};

/// 2026, 2026-11, 2026-W47, 2026-11-21 or 2026-11-21-2026-12-05.
template <>
struct Codec<DateInterval> {
    static constexpr std::string_view example = "2026-W47";
    static std::string write(const DateInterval& value);
    static DateInterval read(std::string_view text);
};

/// A JSON object, array or null: for values of several types, or of names that the program does not know. The order of
/// members is a part of the value.
template <>
struct Codec<Json> {
    static constexpr std::string_view example = R"({"a": 1})";
    static std::string write(const Json& value) { return value.python_text(); }
    static Json read(std::string_view text);
};

namespace detail {

/// A tuple in JSON, from and to its elements' texts.
std::string write_tuple(const std::vector<std::string>& elements, const std::vector<ListStyle>& styles);
std::vector<std::string> read_tuple(std::string_view text, const std::vector<ListStyle>& styles);
[[noreturn]] void throw_not_between(const std::string& value, std::int64_t least, std::int64_t most);

/// In a tuple, enumerations are strings.
template <class T>
inline constexpr ListStyle tuple_style = list_style<T> == ListStyle::names ? ListStyle::strings : list_style<T>;
template <class... T>
inline constexpr ListStyle list_style<std::tuple<T...>> = ListStyle::literals;
template <>
inline constexpr ListStyle list_style<Json> = ListStyle::literals;

/// A string literal as an argument of a template.
template <std::size_t size>
struct FixedText {
    constexpr FixedText(const char (&literal)[size]) {
        for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
    }
    char text[size]{};
};

}  // namespace detail

/// A JSON array with a value for each element: [1, "a"].
template <ParameterValue... T>
struct Codec<std::tuple<T...>> {
    static constexpr std::string_view example = "[1, 2]";
    static std::string write(const std::tuple<T...>& value) {
        return std::apply(
            [](const T&... element) {
                return detail::write_tuple({Codec<T>::write(element)...}, {detail::tuple_style<T>...});
            },
            value);
    }
    static std::tuple<T...> read(std::string_view text) {
        const std::vector<std::string> elements = detail::read_tuple(text, {detail::tuple_style<T>...});
        return [&]<std::size_t... i>(std::index_sequence<i...>) {
            return std::tuple<T...>{Codec<T>::read(elements[i])...};
        }
        (std::index_sequence_for<T...>());
    }
};

/// One of some texts, at first the first one: Choice<"fast", "exact">.
template <detail::FixedText... options>
class Choice {
public:
    /// The texts, in order.
    static constexpr std::array<std::string_view, sizeof...(options)> names{options.text...};

    Choice() = default;
    /// Throws ParameterError for another text.
    Choice(std::string_view text) {
        while (index_ < names.size() && names[index_] != text) ++index_;
        if (index_ == names.size()) detail::throw_not_one_of(text, {names.begin(), names.end()});
    }
    Choice(const char* text) : Choice(std::string_view(text)) {}

    /// The text that was chosen.
    std::string_view text() const { return names[index_]; }

    friend bool operator==(const Choice&, const Choice&) = default;

private:
    std::size_t index_ = 0;
};

template <detail::FixedText... options>
struct Codec<Choice<options...>> {
    static constexpr std::string_view example = Choice<options...>::names.front();
    static std::string write(const Choice<options...>& value) { return std::string(value.text()); }
    static Choice<options...> read(std::string_view text) { return Choice<options...>(text); }
};

/// Lists of choices are written like those of enumerations: fast,exact.
template <detail::FixedText... options>
inline constexpr detail::ListStyle detail::list_style<Choice<options...>> = detail::ListStyle::names;

/// A number from `least` to `most`, at first `least`: Bounded<int, 0, 23>, Bounded<double, 0, 1>.
template <class T, std::int64_t least, std::int64_t most>
requires(std::is_arithmetic_v<T>&& least <= most) class Bounded {
public:
    Bounded() = default;
    /// Throws ParameterError for a number that is not between them.
    Bounded(T value) : value_(value) {
        if (!(value >= static_cast<T>(least) && value <= static_cast<T>(most)))
            detail::throw_not_between(Codec<T>::write(value), least, most);
    }

    /// Also makes it comparable.
    operator T() const { return value_; }

private:
    T value_ = static_cast<T>(least);
};

template <class T, std::int64_t least, std::int64_t most>
struct Codec<Bounded<T, least, most>> {
    static constexpr std::string_view example = Codec<T>::example;
    static std::string write(const Bounded<T, least, most>& value) { return Codec<T>::write(value); }
    static Bounded<T, least, most> read(std::string_view text) { return Codec<T>::read(text); }
};

template <class T, std::int64_t least, std::int64_t most>
inline constexpr detail::ListStyle detail::list_style<Bounded<T, least, most>> = detail::ListStyle::literals;

}  // namespace freshet
