// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/python_float.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace freshet {

namespace {

/// A finite number as sign, significant digits and the power of ten of the first of them.
struct Decimal {
    bool negative;
    std::string digits;
    int exponent;
};

Decimal shortest_decimal(double value) {
    std::array<char, 32> buffer;  // 17 digits, sign, point and "e-308" fit
    const auto written =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
    const auto e = text.find('e');
    Decimal decimal{std::signbit(value), std::string(text.substr(0, e)), 0};
    if (decimal.digits.size() > 1) decimal.digits.erase(1, 1);  // the point
    const auto exponent = text.substr(text[e + 1] == '+' ? e + 2 : e + 1);
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.exponent);
    return decimal;
}

std::string scientific(const Decimal& number) {
    const auto fraction = number.digits.size() > 1 ? "." + number.digits.substr(1) : "";
    return fmt::format("{}{}e{}{:02}", number.digits[0], fraction, number.exponent < 0 ? '-' : '+',
                       std::abs(number.exponent));
}

std::string positional(const Decimal& number) {
    if (number.exponent < 0)
        return "0." + std::string(static_cast<std::size_t>(-number.exponent - 1), '0') + number.digits;
    const auto whole = static_cast<std::size_t>(number.exponent) + 1;
    if (number.digits.size() <= whole) return number.digits + std::string(whole - number.digits.size(), '0') + ".0";
    return number.digits.substr(0, whole) + "." + number.digits.substr(whole);
}

}  // namespace

std::string python_float(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    const Decimal number = shortest_decimal(value);
    const bool is_long = number.exponent < -4 || number.exponent >= 16;  // Python's bounds
    return (number.negative ? "-" : "") + (is_long ? scientific(number) : positional(number));
}

}  // namespace freshet
