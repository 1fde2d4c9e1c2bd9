// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_search.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <limits>

namespace freshet::store {

namespace {

// In pieces, so that a page of matches does not read all that it may examine.
constexpr std::int64_t piece = 2'000;

// Ids are in the order of insertion, and times nearly are.
constexpr std::chrono::hours disorder{1};

constexpr const char* attempts_in_order =
    "SELECT id, run_id, task_id, number, worker, started, ended, status, failure_class, message, receipt_digest "
    "FROM attempts WHERE id < ? ORDER BY id DESC LIMIT ?";
constexpr const char* newest_times =
    "SELECT run_id, task_id, started, ended, status FROM attempts ORDER BY id DESC LIMIT ?";

AttemptRow attempt_of_search(const Row& row) {
    return {.run_id = row.get<std::string>(1),
            .task_id = row.get<std::string>(2),
            .number = row.get<int>(3),
            .worker = row.get<std::string>(4),
            .started = row.get<Time>(5),
            .ended = row.get<std::optional<Time>>(6),
            .status = row.get<std::string>(7),
            .failure_class = row.get<std::string>(8),
            .message = row.get<std::string>(9),
            .receipt_digest = row.get<std::string>(10)};
}

bool has_text(std::string_view text, const std::string& part) {
    return part.empty() || lower_utf8(text).find(part) != std::string::npos;
}

/// Compares the fields that need no conversion first. `lowered` has its texts in small letters.
bool matches(const Row& row, const AttemptFilter& lowered) {
    const std::string_view task_id = row.text(2);
    const bool is_of_family =
        lowered.family.empty() || (task_id.starts_with(lowered.family) &&
                                   (task_id.size() == lowered.family.size() || task_id[lowered.family.size()] == '_'));
    if (!is_of_family || (!lowered.status.empty() && row.text(7) != lowered.status)) return false;
    if (lowered.since && row.get<Time>(5) < *lowered.since) return false;
    if (lowered.until && row.get<Time>(5) >= *lowered.until) return false;
    return has_text(task_id, lowered.text) && has_text(row.text(9), lowered.error);
}

}  // namespace

AttemptSearch::AttemptSearch(StateFile& state)
    : find_(state.database().prepare(attempts_in_order)), newest_(state.database().prepare(newest_times)) {}

AttemptPage AttemptSearch::find(const AttemptFilter& filter, std::size_t limit) {
    AttemptFilter lowered = filter;
    lowered.text = lower_utf8(filter.text);
    lowered.error = lower_utf8(filter.error);
    AttemptPage page;
    std::int64_t cursor = filter.before.value_or(std::numeric_limits<std::int64_t>::max());
    for (std::int64_t examined = 0; examined < max_examined;) {
        std::int64_t rows = 0;
        bool is_older = false;  // than all that are searched for
        find_.each(
            [&](const Row& row) {
                ++rows;
                if (page.attempts.size() == limit) return;
                cursor = row.integer(0);
                page.searched_until = row.get<Time>(5);
                is_older = filter.since && *page.searched_until < *filter.since - disorder;
                if (matches(row, lowered)) page.attempts.push_back(attempt_of_search(row));
            },
            cursor, piece);
        examined += rows;
        if (page.attempts.size() == limit) break;
        if (rows < piece || is_older) return page;
    }
    page.next = cursor;
    return page;
}

std::vector<AttemptTime> AttemptSearch::newest(int limit) {
    std::vector<AttemptTime> times;
    newest_.each(
        [&](const Row& row) {
            times.push_back({.run_id = row.get<std::string>(0),
                             .task_id = row.get<std::string>(1),
                             .started = row.get<Time>(2),
                             .ended = row.get<std::optional<Time>>(3),
                             .status = row.get<std::string>(4)});
        },
        limit);
    std::ranges::reverse(times);
    return times;
}

}  // namespace freshet::store
