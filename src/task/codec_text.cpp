// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/codec.hpp"

#include "base/json_write.hpp"
#include "freshet/text.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <charconv>
#include <cmath>

namespace freshet {

std::string Codec<std::filesystem::path>::write(const std::filesystem::path& value) {
    std::string text = value.is_absolute() ? "/" : "";
    for (const std::string& step : split(value.string(), '/')) {
        if (step.empty() || step == ".") continue;
        if (!text.empty() && text.back() != '/') text += '/';
        text += step;
    }
    if (text.empty() && !value.empty()) return ".";
    return text;
}

std::filesystem::path Codec<std::filesystem::path>::read(std::string_view text) { return write(std::string(text)); }

bool Codec<bool>::read(std::string_view text) {
    const std::string word = lower(text);
    if (word == "true") return true;
    if (word == "false") return false;
    throw ParameterError(fmt::format("'{}' is neither true nor false", text));
}

std::string Codec<double>::write(double value) { return python_float(value); }

double Codec<double>::read(std::string_view text) {
    const std::string_view number = trimmed(text);
    const std::string_view digits = number.starts_with('+') ? number.substr(1) : number;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        throw ParameterError(fmt::format("'{}' is not a number", text));
    return value;
}

namespace detail {

namespace {

/// As Python's int() reads it: spaces around, a plus sign and single underscores between digits are fine.
std::string plain_digits(std::string_view text) {
    std::string digits(trimmed(text));
    if (digits.starts_with('+')) digits.erase(0, 1);
    const bool framed = digits.starts_with('_') || digits.ends_with('_') || digits.find("__") != digits.npos;
    if (!framed) std::erase(digits, '_');
    return digits;
}

template <class Integer>
Integer read_whole_number(std::string_view text, Integer least, Integer most) {
    const std::string digits = plain_digits(text);
    Integer value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range || (error == std::errc{} && (value < least || value > most)))
        throw ParameterError(fmt::format("'{}' is not between {} and {}", text, least, most));
    if (error != std::errc{} || end != digits.data() + digits.size())
        throw ParameterError(fmt::format("'{}' is not a whole number", text));
    return value;
}

/// "RED,BLUE" without the spaces around the commas.
std::vector<std::string> read_plain_list(std::string_view text) {
    std::vector<std::string> elements;
    if (trimmed(text).empty()) return elements;
    for (const std::string& element : split(text, ',')) elements.emplace_back(trimmed(element));
    return elements;
}

bool is_nullable(ListStyle style) {
    return style == ListStyle::nullable_strings || style == ListStyle::nullable_literals;
}

std::string element_text(const Json& element, ListStyle style) {
    if (element.is_string()) return element.as_string();
    if (element.is_bool()) return element.as_bool() ? "True" : "False";
    if (element.is_null() && is_nullable(style)) return {};
    return element.text();
}

/// The JSON of an element that is written as a literal: a number, a truth value or an inner list.
Json literal(const std::string& element) {
    if (element == "True" || element == "False") return element == "True";
    if (element == "inf" || element == "-inf" || element == "nan") return Codec<double>::read(element);
    return Json::parse(element);
}

Json element_json(const std::string& element, ListStyle style) {
    if (element.empty() && is_nullable(style)) return {};
    if (style == ListStyle::strings || style == ListStyle::nullable_strings) return element;
    return literal(element);
}

}  // namespace

long long read_integer(std::string_view text, long long least, long long most) {
    return read_whole_number(text, least, most);
}

unsigned long long read_unsigned(std::string_view text, unsigned long long most) {
    return read_whole_number(text, 0ULL, most);
}

void throw_not_one_of(std::string_view text, const std::vector<std::string_view>& names) {
    throw ParameterError(fmt::format("'{}' is not one of {}", text, fmt::join(names, ", ")));
}

std::string write_list(const std::vector<std::string>& elements, ListStyle style) {
    if (style == ListStyle::names) return joined(elements, ",");
    Json list = Json::array();
    for (const std::string& element : elements) list.push_back(element_json(element, style));
    return list.python_text();
}

std::vector<std::string> read_list(std::string_view text, ListStyle style) {
    if (style == ListStyle::names || !trimmed(text).starts_with('[')) return read_plain_list(text);
    try {
        std::vector<std::string> elements;
        const Json list = Json::parse(text);
        for (const Json& element : list.as_array()) elements.push_back(element_text(element, style));
        return elements;
    } catch (const ParameterError&) {
        throw;
    } catch (const Error& error) {
        throw ParameterError(fmt::format("'{}' is not a list like [\"a\", \"b\"] or a,b: {}", text, error.what()));
    }
}

}  // namespace detail
}  // namespace freshet
