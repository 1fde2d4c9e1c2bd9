// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <chrono>
#include <concepts>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace freshet {

/// A calendar day: 2026-11-21.
using Date = std::chrono::sys_days;

/// The analysis time of a forecast, or any other full hour in UTC: 2026-11-21T06.
using DateHour = std::chrono::sys_time<std::chrono::hours>;

/// A full minute in UTC: 2026-11-21T0630.
using DateMinute = std::chrono::sys_time<std::chrono::minutes>;

/// Converts a parameter's value to and from the text of task ids, command lines and configuration files, exactly as
/// Luigi writes it. Specialise it for parameters of your own type: `write`, `read` (throws ParameterError), and
/// `example`, a value in text form for the help. read(write(v)) == v must hold: workers rebuild tasks from the
/// scheduler's text.
template <class T>
struct Codec;

/// The type of a parameter: it has a Codec, an equality and a default.
template <class T>
concept ParameterValue = std::equality_comparable<T> && std::default_initializable<T> &&
    requires(const T& value, std::string_view text) {
    { Codec<T>::write(value) } -> std::same_as<std::string>;
    { Codec<T>::read(text) } -> std::same_as<T>;
};

template <>
struct Codec<std::string> {
    static constexpr std::string_view example = "text";
    static std::string write(const std::string& value) { return value; }
    static std::string read(std::string_view text) { return std::string(text); }
};

/// Written without doubled slashes, "." steps and a last slash; ".." stays, since it may follow a link.
template <>
struct Codec<std::filesystem::path> {
    static constexpr std::string_view example = "path/to/file";
    static std::string write(const std::filesystem::path& value);
    static std::filesystem::path read(std::string_view text);
};

/// True or False; read in any case of letters.
template <>
struct Codec<bool> {
    static constexpr std::string_view example = "true";
    static std::string write(bool value) { return value ? "True" : "False"; }
    static bool read(std::string_view text);
};

/// Shortest text that reads back as the same number: 0.1, 1.0, 1e-05, inf, nan.
template <>
struct Codec<double> {
    static constexpr std::string_view example = "0.5";
    static std::string write(double value);
    static double read(std::string_view text);
};

/// A calendar day: 2026-11-21.
template <>
struct Codec<std::chrono::sys_days> {
    static constexpr std::string_view example = "2026-11-21";
    static std::string write(std::chrono::sys_days value);
    static std::chrono::sys_days read(std::string_view text);
};

/// A full hour in UTC: 2026-11-21T06.
template <>
struct Codec<DateHour> {
    static constexpr std::string_view example = "2026-11-21T06";
    static std::string write(DateHour value);
    static DateHour read(std::string_view text);
};

/// A full minute in UTC: 2026-11-21T0630; 2026-11-21T06H30 is read, too.
template <>
struct Codec<DateMinute> {
    static constexpr std::string_view example = "2026-11-21T0630";
    static std::string write(DateMinute value);
    static DateMinute read(std::string_view text);
};

/// 2026-11.
template <>
struct Codec<std::chrono::year_month> {
    static constexpr std::string_view example = "2026-11";
    static std::string write(std::chrono::year_month value);
    static std::chrono::year_month read(std::string_view text);
};

/// 2026.
template <>
struct Codec<std::chrono::year> {
    static constexpr std::string_view example = "2026";
    static std::string write(std::chrono::year value);
    static std::chrono::year read(std::string_view text);
};

/// Read from seconds ("90"), ISO 8601 ("PT6H") or words ("1h 30m"); written "0 w 0 d 1 h 30 m 0 s".
template <>
struct Codec<std::chrono::seconds> {
    static constexpr std::string_view example = "1h 30m";
    static std::string write(std::chrono::seconds value);
    static std::chrono::seconds read(std::string_view text);
};

namespace detail {

long long read_integer(std::string_view text, long long least, long long most);
unsigned long long read_unsigned(std::string_view text, unsigned long long most);
[[noreturn]] void throw_not_one_of(std::string_view text, const std::vector<std::string_view>& names);

/// The notation of a list.
enum class ListStyle {
    strings,            ///< ["a", "b"]
    nullable_strings,   ///< ["a", null]
    literals,           ///< [1, 2.5, true], [[1], ["a", "b"]]
    nullable_literals,  ///< [1, null]
    names,              ///< RED,BLUE: enumerations
};
std::string write_list(const std::vector<std::string>& elements, ListStyle style);
std::vector<std::string> read_list(std::string_view text, ListStyle style);

template <class T>
inline constexpr ListStyle list_style = std::is_enum_v<T>         ? ListStyle::names
                                        : std::is_arithmetic_v<T> ? ListStyle::literals
                                                                  : ListStyle::strings;
/// The text of an inner list is JSON unless its elements are names.
template <class T>
inline constexpr ListStyle list_style<std::vector<T>> =
    list_style<T> == ListStyle::names ? ListStyle::strings : ListStyle::literals;
template <class T>
inline constexpr ListStyle list_style<std::optional<T>> =
    list_style<T> == ListStyle::literals ? ListStyle::nullable_literals : ListStyle::nullable_strings;

}  // namespace detail

template <std::integral T>
struct Codec<T> {
    static constexpr std::string_view example = "3";
    static std::string write(T value) { return std::to_string(value); }
    static T read(std::string_view text) {
        using Limits = std::numeric_limits<T>;
        if constexpr (std::is_signed_v<T>)
            return static_cast<T>(detail::read_integer(text, Limits::min(), Limits::max()));
        else
            return static_cast<T>(detail::read_unsigned(text, Limits::max()));
    }
};

/// The names of an enumeration's values. To use an enum as a parameter:
///   template <> inline constexpr std::pair<Colour, std::string_view> freshet::enum_names<Colour>[] = {{Colour::red,
///   "red"}, ...};
template <class E>
inline constexpr std::nullptr_t enum_names = nullptr;

template <class E>
requires(std::is_enum_v<E> &&
         !std::same_as<std::remove_cv_t<decltype(enum_names<E>)>, std::nullptr_t>) struct Codec<E> {
    static constexpr std::string_view example = std::begin(enum_names<E>)->second;
    static std::string write(E value) {
        for (const auto& [known, name] : enum_names<E>)
            if (known == value) return std::string(name);
        return {};
    }
    static E read(std::string_view text) {
        std::vector<std::string_view> names;
        for (const auto& [value, name] : enum_names<E>) {
            if (name == text) return value;
            names.push_back(name);
        }
        detail::throw_not_one_of(text, names);
    }
};

/// "" is no value.
template <ParameterValue T>
struct Codec<std::optional<T>> {
    static constexpr std::string_view example = Codec<T>::example;
    static std::string write(const std::optional<T>& value) { return value ? Codec<T>::write(*value) : std::string(); }
    static std::optional<T> read(std::string_view text) {
        if (text.empty()) return std::nullopt;
        return Codec<T>::read(text);
    }
};

/// A JSON array, ["a", "b"] or [[1], [2, 3]]; an absent optional element is null; enumerations as RED,BLUE. Read from a
/// plain comma-separated line as well.
template <ParameterValue T>
struct Codec<std::vector<T>> {
    static constexpr std::string_view example = "a,b,c";
    static std::string write(const std::vector<T>& values) {
        std::vector<std::string> elements;
        for (const auto& value : values) elements.push_back(Codec<T>::write(value));
        return detail::write_list(elements, detail::list_style<T>);
    }
    static std::vector<T> read(std::string_view text) {
        std::vector<T> values;
        for (const std::string& element : detail::read_list(text, detail::list_style<T>))
            values.push_back(Codec<T>::read(element));
        return values;
    }
};

}  // namespace freshet
