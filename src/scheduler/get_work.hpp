// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace freshet::scheduler {

/// Hands out a task, or several as one, or nothing.
wire::Work get_work(Board& board, const wire::GetWork& request, Time now);

/// Whether the question would bring work, leaving out what was lost with an answer.
bool has_work_for(const Board& board, const wire::GetWork& request, Time now);
/// Whether nothing is left for the worker, or it is disabled or not known.
bool has_news_for(const Board& board, const wire::GetWork& request);

/// How much there still is for the worker, and what is running of what it could run.
wire::Pending count_pending(const Board& board, const Worker& worker);

}  // namespace freshet::scheduler
