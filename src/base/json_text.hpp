// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <string>
#include <string_view>

namespace freshet {

// Append what Json::python_text() would give, for those who write the same line again and again.

void append_python_text(std::string& out, const Json& value);
/// As a JSON string, in quotes.
void append_quoted(std::string& out, std::string_view text);

}  // namespace freshet
