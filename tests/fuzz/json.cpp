// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

#include "freshet/error.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <optional>

namespace freshet::fuzz {

namespace {

std::optional<Json> parsed(std::string_view bytes) {
    try {
        return Json::parse(bytes);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// True when the text reads as the value again. Compares texts, since NaN differs from itself.
bool reads_as(const std::string& text, const std::string& value) {
    const auto again = parsed(text);
    return again && again->text() == value;
}

void run(std::string_view bytes) {
    const auto value = parsed(bytes);
    if (!value) return;
    const std::string text = value->text();
    require(reads_as(text, text), "a value that is written down reads as itself");
    require(reads_as(value->pretty(), text), "a value that is written for people reads as itself");
    const std::string python = value->python_text();
    require(reads_as(python, text), "a value that is written as Python does reads as itself");
    require(std::ranges::all_of(python, [](char c) { return c >= ' ' && c < 0x7f; }),
            "Python's form is ASCII on one line");
}

std::vector<std::string> seeds() {
    return {R"({"worker": "W-1", "task_id": "T_1_ab", "deps": ["a", "b"], "priority": 0, "resources": {"db": 1.5}})",
            R"([null, true, false, -1, 0, 9223372036854775807, 18446744073709551616, 1e308, 1e-308, 5e-324, 0.1])",
            R"({"max_batch_size": Infinity, "a": -Infinity, "b": NaN})",
            "\"\\u00e4\\ud83d\\ude00\\n\\\"\\\\\\/ \xc3\xa4 \xf0\x9f\x98\x80\"",
            R"({"": {"": [[], {}, [[[[]]]]]}, "a": 1, "a": 2})",
            std::string(99, '[') + std::string(99, ']'),
            "\t\r\n 1 \t"};
}

std::vector<std::string_view> dictionary() {
    return {"{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            "\\udc00",
            "null",
            "true",
            "Infinity",
            "-Infinity",
            "NaN",
            "Inf",
            "1e",
            "-0",
            "0.",
            "\\u0000",
            "[[[[[[[[",
            "]]]]]]]]",
            "\xed\xa0\x80",
            "\xff",
            "\xef\xbb\xbf",
            "123456789012345678901234567890"};
}

}  // namespace

const Target target{.run = run, .seeds = seeds, .dictionary = dictionary};

}  // namespace freshet::fuzz
