// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "dashboard/snapshot.hpp"

/// The sections of the front page that are tables; each is empty where there is nothing to show.
namespace freshet::dashboard {

Html running_section(const Snapshot& snapshot);
Html runs_section(const Snapshot& snapshot);
Html workers_section(const Snapshot& snapshot);
Html resources_section(const Snapshot& snapshot);
Html families_section(const Snapshot& snapshot);

}  // namespace freshet::dashboard
