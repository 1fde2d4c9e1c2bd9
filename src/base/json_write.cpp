// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/json_write.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace freshet {

namespace {

/// The variations of the JSON text.
struct Format {
    std::string_view comma;
    std::string_view colon;
    bool ascii_only = false;
    bool indented = false;
};

/// A code point and how many bytes of UTF-8 it took; a byte that is no UTF-8 is U+DC80..U+DCFF, Python's
/// "surrogateescape", so that such a file name gets the task id that Luigi gives it.
struct CodePoint {
    unsigned value;
    std::size_t size;
};

CodePoint decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const CodePoint invalid{0xdc00 + first, 1};
    const std::size_t size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
    if (first < 0x80) return {first, 1};
    if (size == 1 || size > text.size()) return invalid;
    unsigned value = first & (0x7f >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return invalid;
        value = value << 6 | (byte(i) & 0x3f);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    return overlong || value > 0x10ffff ? invalid : CodePoint{value, size};
}

class Writer {
public:
    Writer(Format format, std::string& out) : format_(format), out_(out) {}

    void write(const Json& value) {
        if (value.is_null())
            out_ += "null";
        else if (value.is_bool())
            out_ += value.as_bool() ? "true" : "false";
        else if (value.is_integer())
            fmt::format_to(std::back_inserter(out_), "{}", value.as_integer());
        else if (value.is_number())
            write_number(value.as_number());
        else if (value.is_string())
            write_string(value.as_string());
        else if (value.is_array())
            write_array(value.as_array());
        else
            write_object(value.as_object());
    }

    void write_string(std::string_view text) {
        out_ += '"';
        while (!text.empty()) {
            const std::size_t plain = plain_prefix(text);
            out_ += text.substr(0, plain);
            text.remove_prefix(plain);
            if (!text.empty()) text.remove_prefix(write_escaped(text));
        }
        out_ += '"';
    }

private:
    void write_number(double value) {
        if (std::isnan(value))
            out_ += "NaN";
        else if (std::isinf(value))
            out_ += value < 0 ? "-Infinity" : "Infinity";
        else
            out_ += python_float(value);
    }

    std::size_t plain_prefix(std::string_view text) const {
        std::size_t size = 0;
        while (size < text.size()) {
            const std::size_t plain = plain_size(text.substr(size));
            if (plain == 0) break;
            size += plain;
        }
        return size;
    }

    /// The bytes of the first code point if it can stand as it is, else 0. What is no UTF-8 (half of a surrogate pair,
    /// from an escape) cannot: no reader would accept it.
    std::size_t plain_size(std::string_view text) const {
        const auto byte = static_cast<unsigned char>(text[0]);
        if (byte < 0x80)
            return byte >= 0x20 && byte != '"' && byte != '\\' && !(byte == 0x7f && format_.ascii_only) ? 1 : 0;
        if (format_.ascii_only) return 0;
        const CodePoint point = decode(text);
        const bool is_surrogate = point.value >= 0xd800 && point.value < 0xe000;
        return is_surrogate ? 0 : point.size;
    }

    /// Writes the first code point of `text` escaped and returns its bytes.
    std::size_t write_escaped(std::string_view text) {
        constexpr std::string_view special = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
        if (const auto at = special.find(text[0]); at != special.npos) {
            out_ += '\\';
            out_ += letters[at];
            return 1;
        }
        const CodePoint point = decode(text);
        if (point.value < 0x10000) {
            write_unit(point.value);
        } else {
            write_unit(0xd800 + ((point.value - 0x10000) >> 10));
            write_unit(0xdc00 + ((point.value - 0x10000) & 0x3ff));
        }
        return point.size;
    }

    void write_unit(unsigned unit) { fmt::format_to(std::back_inserter(out_), "\\u{:04x}", unit); }

    void write_array(const Json::Array& elements) {
        write_sequence('[', ']', elements, [&](const Json& element) { write(element); });
    }

    void write_object(const Json::Object& members) {
        write_sequence('{', '}', members, [&](const Json::Member& member) {
            write_string(member.first);
            out_ += format_.colon;
            write(member.second);
        });
    }

    template <class Items>
    void write_sequence(char open, char close, const Items& items, auto write_item) {
        out_ += open;
        ++depth_;
        std::string_view separator;
        for (const auto& item : items) {
            out_ += std::exchange(separator, format_.comma);
            new_line();
            write_item(item);
        }
        --depth_;
        if (!items.empty()) new_line();
        out_ += close;
    }

    void new_line() {
        if (format_.indented) out_.append("\n").append(2 * depth_, ' ');
    }

    Format format_;
    std::string& out_;
    std::size_t depth_ = 0;
};

std::string written(const Json& value, Format format) {
    std::string text;
    Writer(format, text).write(value);
    return text;
}

constexpr Format python{.comma = ", ", .colon = ": ", .ascii_only = true};

}  // namespace

Json valid_json(const Json& value) {
    if (value.is_string()) return valid_utf8(value.as_string());
    if (value.is_array()) {
        Json::Array elements;
        for (const Json& element : value.as_array()) elements.push_back(valid_json(element));
        return elements;
    }
    if (!value.is_object()) return value;
    Json::Object members;
    for (const auto& [name, member] : value.as_object()) members.emplace_back(valid_utf8(name), valid_json(member));
    return members;
}

std::string Json::text() const { return written(*this, {.comma = ",", .colon = ":"}); }

std::string Json::python_text() const { return written(*this, python); }

std::string Json::pretty() const { return written(*this, {.comma = ",", .colon = ": ", .indented = true}) + "\n"; }

void append_python_text(std::string& out, const Json& value) { Writer(python, out).write(value); }

std::string python_float(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_not_of("-0123456789") == text.npos) text += ".0";
    return text;
}

void append_quoted(std::string& out, std::string_view text) { Writer(python, out).write_string(text); }

}  // namespace freshet
