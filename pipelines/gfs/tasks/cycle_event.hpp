// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/store.hpp"

#include "freshet/context.hpp"
#include "freshet/target.hpp"

#include <string>
#include <vector>

namespace gfs {

/// What is told to the world of leads of a cycle.
struct CycleNews {
    std::string kind;            ///< "completed", "partial", "superseded"
    std::string event_source;    ///< who says so
    Store store;
    freshet::LocalTarget manifest;
    std::vector<int> missing{};  ///< leads that belong to the cycle, but not to the manifest
    freshet::Json more{};        ///< members that only this kind of event has
};

/// The same news always have the same id.
freshet::Event cycle_event(const CycleNews& news, freshet::Context& context);

}  // namespace gfs
