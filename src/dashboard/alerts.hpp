// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/html.hpp"

#include <vector>

namespace freshet::dashboard {

/// Something that an operator has to know of, or wait for: one sentence.
struct Alert {
    Severity severity = Severity::error;
    std::string label{};  ///< the state
    Html text{};
    Html detail{};  ///< when, what it holds up, what else is like it
};

/// What is wrong, the worst first.
std::vector<Alert> find_alerts(const Snapshot& snapshot, const FrontPageOptions& options);

/// What waits for something that is not there yet, or is late.
std::vector<Alert> find_delays(const Snapshot& snapshot);

Html alert_list(const std::vector<Alert>& alerts, Severity severity);

}  // namespace freshet::dashboard
