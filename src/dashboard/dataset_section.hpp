// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/prometheus.hpp"

#include <vector>

namespace freshet::dashboard {

inline constexpr std::size_t max_shown_datasets = 50;

/// Returns true if upstream usually has the next cycle by now.
bool is_late(const DatasetMetrics& dataset, Time now);

/// Renders the newest complete cycle of each dataset, and when the next one is expected. Empty without datasets.
Html datasets_section(const std::vector<DatasetMetrics>& datasets, Time now);

}  // namespace freshet::dashboard
