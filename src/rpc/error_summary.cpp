// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_summary.hpp"

#include "freshet/error.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"

#include <string_view>

namespace freshet::rpc {

namespace {

constexpr std::string_view header = "Traceback (most recent call last):";

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view after_first_line(std::string_view text) {
    const auto end = text.find('\n');
    return end == text.npos ? std::string_view() : text.substr(end + 1);
}

/// The next nonblank line.
std::string_view next_line(std::string_view text) { return trimmed(first_line(trimmed(after_first_line(text)))); }

/// The first line, joined with the next one when an exception's text begins below its name.
std::string whole_line(std::string_view text) {
    const std::string_view line = trimmed(first_line(text));
    const std::string_view more = line.ends_with(':') ? next_line(text) : std::string_view();
    return more.empty() ? std::string(line) : std::string(line) + ' ' + std::string(more);
}

/// The prefix of each line of the traceback that begins after `before`: empty, but in an exception group.
std::string_view indentation_of(std::string_view before) {
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    return trimmed(line) == "+ Exception Group" ? "  | " : line;
}

/// The line after the indented frames of the last traceback, which is that of the uncaught exception; further lines of
/// the exception's text come after it.
std::string exception_line(std::string_view text) {
    const auto start = text.rfind(header);
    const std::string_view indentation = indentation_of(text.substr(0, start));
    for (auto rest = after_first_line(text.substr(start)); !rest.empty(); rest = after_first_line(rest)) {
        if (!rest.starts_with(indentation)) continue;
        const std::string_view line = first_line(rest.substr(indentation.size()));
        if (!trimmed(line).empty() && line.front() != ' ' && line.front() != '\t')
            return whole_line(rest.substr(indentation.size()));
    }
    return std::string(trimmed(text.substr(text.rfind('\n') + 1)));
}

}  // namespace

std::string readable_message(const std::string& message) {
    if (!message.starts_with('"')) return message;
    try {
        return Json::parse(message).as_string();
    } catch (const Error&) {
        return message;
    }
}

std::string error_summary(const std::string& message) {
    const std::string text = readable_message(message);
    const std::string_view whole = trimmed(text);
    if (whole == "null") return "";  // Luigi's text of no explanation
    const bool is_traceback = whole.find(header) != whole.npos;
    return shortened(is_traceback ? exception_line(whole) : trimmed(first_line(whole)), max_summary_length);
}

}  // namespace freshet::rpc
