// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <string>
#include <vector>

namespace freshet::operate {

/// Aligns the columns of a table, two spaces apart, each row on one line. Texts are made printable.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// The time of a number of seconds since 1970 in a scheduler's answer: "2026-08-21T06:00:01Z"; "-" for null.
std::string time_text(const Json& seconds);

}  // namespace freshet::operate
