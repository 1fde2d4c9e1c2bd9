// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "freshet/event.hpp"
#include "notify/email_config.hpp"
#include "notify/problems.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace freshet::notify {

/// A [[notification]] table of the configuration: which problems are told to whom.
struct Rule {
    std::string name;
    ProblemFilter filter{};
    bool tells_recovery = true;
    std::chrono::milliseconds window{30'000};  ///< in which changes are collected for one message
    std::shared_ptr<Sink> sink{};              ///< takes notifications only; its name tells the rule's
    std::string table{};                       ///< as JSON, to compare configurations
    Json shown{};                              ///< the table, with the defaults of what it leaves out
};

/// Reads the tables [[notification]]. Throws ConfigError.
std::vector<Rule> read_rules(const Config& config, const EmailConfig& email);
/// The same with the [email] and [smtp] of the configuration.
std::vector<Rule> read_rules(const Config& config);

/// The tables [[notification]] of the configuration, of which these are the rules, with their defaults.
std::vector<ConfigTable> shown_tables(const Config& config, const std::vector<Rule>& rules);

}  // namespace freshet::notify
