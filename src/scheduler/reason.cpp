// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/reason.hpp"

#include "freshet/text.hpp"
#include "scheduler/sentences.hpp"

#include <string_view>

namespace freshet::scheduler {

namespace {

constexpr std::string_view header = "Traceback (most recent call last):";

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view after_first_line(std::string_view text) {
    const auto end = text.find('\n');
    return end == text.npos ? std::string_view() : text.substr(end + 1);
}

/// The next line that is not blank.
std::string_view next_line(std::string_view text) { return trimmed(first_line(trimmed(after_first_line(text)))); }

/// A message may begin its text on the line below its name.
std::string whole_line(std::string_view text) {
    const std::string_view line = trimmed(first_line(text));
    const std::string_view more = line.ends_with(':') ? next_line(text) : std::string_view();
    return more.empty() ? std::string(line) : std::string(line) + ' ' + std::string(more);
}

/// What stands before each line of the traceback that begins there: nothing, but in a group of exceptions.
std::string_view indentation_of(std::string_view before) {
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    return trimmed(line) == "+ Exception Group" ? "  | " : line;
}

/// Of the last traceback, which is of the exception that nobody caught, the line that follows the indented frames:
/// whatever lines the exception's own text has come after it.
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

std::string error_summary(const std::string& message) {
    const std::string text = readable_message(message);
    const std::string_view whole = trimmed(text);
    if (whole == "null") return "";  // a worker's word for nothing
    const bool is_traceback = whole.find(header) != whole.npos;
    return shortened(is_traceback ? exception_line(whole) : trimmed(first_line(whole)), max_summary_length);
}

}  // namespace freshet::scheduler
