// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "cli/command_table.hpp"
#include "daemon/scaling_rule.hpp"
#include "freshet/exit_status.hpp"
#include "worker/rpc_client.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace freshet::daemon {

/// The configuration of an autoscaler.
struct AutoscaleConfig {
    worker::SchedulerAddress scheduler;
    std::vector<std::string> families{};  ///< whose tasks count; empty: all
    std::vector<std::string> command{};   ///< starts a worker, which lives as long as the command
    ScalingOptions scaling{};
    std::chrono::seconds interval{5};  ///< between two looks at the queue
    bool logs_json = false;
};

/// Reads the options of `freshet autoscale` and its operand, the program. Throws ParameterError.
AutoscaleConfig read_autoscale_config(const cli::ParsedCommand& arguments, const Environment& environment);

/// Starts and stops workers as the queue of a scheduler wants, until it receives SIGTERM, SIGINT or SIGHUP; then it
/// drains them, waits for their end and returns. A second signal aborts what they run. Call before starting a thread.
ExitStatus autoscale(const AutoscaleConfig& config);

}  // namespace freshet::daemon
