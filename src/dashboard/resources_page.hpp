// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"

#include <string>
#include <variant>

namespace freshet::dashboard {

/// The resources with the running tasks that hold them.
struct ResourcesView {
    struct Entry {
        ResourceLine resource;
        TruncatedList<TaskRef> held_by{};  ///< of the running tasks that were examined
    };

    bool may_operate = false;
    TruncatedList<Entry> resources{};
    Time taken{};
    std::string version{};
};

inline constexpr std::size_t max_listed_resources = 200;
inline constexpr std::size_t max_users = 5;
inline constexpr std::int64_t max_set_limit = 1'000'000'000;

ResourcesView take_resources_view(const SchedulerState& state, Time now);

std::string resources_page(const ResourcesView& view);
Json resources_json(const ResourcesView& view);

class Pages;
void serve_resources(const Pages& pages, Format format, const api::RequestContext& context, std::monostate,
                     const http::Responder& respond);

}  // namespace freshet::dashboard
