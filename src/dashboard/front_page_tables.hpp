// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "dashboard/snapshot.hpp"

#include <string>

/// The sections of the front page that are tables; each is empty where there is nothing to show.
namespace freshet::dashboard {

// Cells that pages of their own have, too.
Html badge_of(const WorkerLine& worker);
Html worker_cell(const WorkerLine& worker);
Html usage_cell(const ResourceLine& line);
std::string limit_text(const ResourceLine& line);

Html running_section(const Snapshot& snapshot);
Html runs_section(const Snapshot& snapshot);
Html workers_section(const Snapshot& snapshot);
Html resources_section(const Snapshot& snapshot);
Html families_section(const Snapshot& snapshot);

}  // namespace freshet::dashboard
