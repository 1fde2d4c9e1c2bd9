// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/json_view.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace freshet {

namespace {

constexpr std::size_t shown = 40;  // bytes of a long text in an error message

[[noreturn]] void fail_at(std::string_view rest) {
    throw Error(fmt::format("read JSON: expected the rest of a value at '{}'", rest.substr(0, shown)));
}

/// The size of the string, with its quotes, that begins `text`.
std::size_t string_size(std::string_view text) {
    for (std::size_t i = 1; i < text.size();) {
        const std::size_t quote = text.find('"', i);
        if (quote == text.npos) break;
        const std::size_t escape = text.substr(i, quote - i).find('\\');
        if (escape == text.npos) return quote + 1;
        i += escape + 2;
    }
    fail_at(text);
}

/// Up to the comma, colon or bracket that ends the first value of `text`.
std::size_t value_size(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            i += string_size(text.substr(i)) - 1;
        else if (c == '{' || c == '[')
            ++depth;
        else if (depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']'))
            return i;
        else if (c == '}' || c == ']')
            --depth;
    }
    if (depth > 0) fail_at(text);
    return text.size();
}

/// trimmed(), at once for what has no space around it: all of the records of a state, of which there may be millions.
std::string_view without_space(std::string_view text) {
    const bool is_compact = text.empty() || (text.front() > ' ' && text.back() > ' ');
    return is_compact ? text : trimmed(text);
}

bool needs_no_escape(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

void JsonView::fail(std::string_view wanted) const {
    throw Error(fmt::format("read JSON: found '{}' where {} was expected", text_.substr(0, shown), wanted));
}

std::int64_t JsonView::integer() const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || end != text_.data() + text_.size()) fail("an integer");
    return value;
}

double JsonView::number() const { return value().as_number(); }

bool JsonView::boolean() const {
    if (text_ != "true" && text_ != "false") fail("a boolean");
    return text_ == "true";
}

std::string JsonView::string() const {
    const std::string_view inner = quoted();
    return needs_no_escape(inner) ? std::string(inner) : value().as_string();
}

std::string JsonView::unescaped(std::string_view name) {
    return needs_no_escape(name) ? std::string(name) : Json::parse(fmt::format("\"{}\"", name)).as_string();
}

std::string_view JsonView::quoted() const {
    if (text_.size() < 2 || text_.front() != '"' || text_.back() != '"') fail("a string");
    return text_.substr(1, text_.size() - 2);
}

std::string_view JsonView::inside(char open, char close) const {
    if (text_.size() < 2 || text_.front() != open || text_.back() != close)
        fail(open == '{' ? "an object" : "an array");
    return without_space(text_.substr(1, text_.size() - 2));
}

JsonView JsonView::take(std::string_view& rest, char end) {
    const std::size_t size = value_size(rest);
    const bool is_last = size == rest.size();
    if (size == 0 || (!is_last && rest[size] != end) || (is_last && end == ':')) fail_at(rest);
    const JsonView value(without_space(rest.substr(0, size)));
    rest = without_space(rest.substr(is_last ? size : size + 1));
    if (!is_last && rest.empty()) fail_at(",");
    return value;
}

void append_json_string(std::string& json, std::string_view text) {
    if (!needs_no_escape(text)) {
        json += Json(text).text();
        return;
    }
    json += '"';
    json += text;
    json += '"';
}

}  // namespace freshet
