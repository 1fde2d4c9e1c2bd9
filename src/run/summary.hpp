// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "run/session.hpp"

#include <string>

namespace freshet::run {

/// The execution summary at the end of a run, in Luigi's manner, with the reason below each task that failed.
std::string summary(const SessionResult& result);

/// Its first and last word in one line, for the history: "16 tasks: 4 complete, 11 ran, 1 failed".
std::string one_line_summary(const SessionResult& result);

/// Its numbers, for the structured log.
Json::Object summary_fields(const SessionResult& result);

}  // namespace freshet::run
