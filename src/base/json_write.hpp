// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <string>
#include <string_view>

// Parts of Json::python_text(), for lines that are written often and for Luigi's text of a float; text for strict
// readers.
namespace freshet {

/// The value with valid_utf8() in place of each text and name. Python's surrogate escapes, which stand for other bytes
/// otherwise, are an error to most readers of JSON.
Json valid_json(const Json& value);

/// Appends Json::python_text() of `value`.
void append_python_text(std::string& out, const Json& value);
/// Appends `text` as a JSON string in quotes, with other characters than ASCII escaped.
void append_quoted(std::string& out, std::string_view text);

/// Formats a number as Python's repr(), which is Luigi's text of a float parameter: the shortest text that reads back
/// as the same number, "1e+16", "1e-05", "1.0", "inf", "nan".
std::string python_float(double value);

}  // namespace freshet
