// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"

#include <string>
#include <variant>

namespace freshet::dashboard {

/// The workers with what they run, and whether the scheduler assigns tasks at all.
struct WorkersView {
    struct Entry {
        WorkerLine worker;
        TruncatedList<TaskRef> running{};
    };

    bool is_paused = false;
    bool can_pause = false;
    bool may_operate = false;
    TruncatedList<Entry> workers{};
    Time taken{};
    std::string version{};
};

inline constexpr std::size_t max_listed_workers = 200;
inline constexpr std::size_t max_tasks_of_worker = 5;
inline constexpr std::int64_t max_set_processes = 1000;

WorkersView take_workers_view(const SchedulerState& state, Time now);

std::string workers_page(const WorkersView& view);
Json workers_json(const WorkersView& view);

class Pages;
void serve_workers(const Pages& pages, Format format, const api::RequestContext& context, std::monostate,
                   const http::Responder& respond);

}  // namespace freshet::dashboard
