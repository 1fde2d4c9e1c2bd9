// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/page_query.hpp"
#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"
#include "store/attempt_search.hpp"

#include <string>

namespace freshet::dashboard {

/// Attempts of all tasks, also of those that were pruned.
struct HistoryView {
    store::AttemptFilter filter{};
    store::AttemptPage page{};
    TaskNames names{};
    bool has_history = true;
    Time taken{};
    std::string version{};
};

inline constexpr std::size_t attempts_per_page = 100;

store::AttemptFilter read_attempt_filter(PageQuery& query);
/// The address of the list with that filter, from the front page.
std::string history_address(const store::AttemptFilter& filter);

std::string history_page(const HistoryView& view);
Json history_json(const HistoryView& view);

class Pages;
void serve_history(const Pages& pages, Format format, const api::RequestContext& context,
                   const store::AttemptFilter& filter, const http::Responder& respond);

}  // namespace freshet::dashboard
