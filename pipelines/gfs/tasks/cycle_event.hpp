// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_paths.hpp"

#include "freshet/context.hpp"
#include "freshet/target.hpp"

#include <string>
#include <vector>

namespace gfs {

/// What is told to the world of leads of a cycle.
struct CycleEventDetails {
    std::string kind;          ///< "completed", "partial", "superseded"
    std::string event_source;  ///< who says so
    CyclePaths paths;
    freshet::LocalTarget manifest;
    std::vector<int> missing{};  ///< leads that belong to the cycle, but not to the manifest
    freshet::Json extra_data{};  ///< members that only this kind of event has
};

/// The same news always have the same id.
freshet::Event cycle_event(const CycleEventDetails& details, freshet::Context& context);

}  // namespace gfs
