// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/snapshot.hpp"

/// The sections of the first page that are tables. One with nothing to show is left out, where that says it as well.
namespace freshet::scheduler::page {

Html running_section(const Snapshot& snapshot);
Html runs_section(const Snapshot& snapshot);
Html workers_section(const Snapshot& snapshot);
Html resources_section(const Snapshot& snapshot);
Html families_section(const Snapshot& snapshot);

}  // namespace freshet::scheduler::page
