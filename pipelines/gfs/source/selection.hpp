// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/inventory.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// What entries must look like; in each part '*' stands for any text.
struct Pattern {
    std::string_view name = "*";
    std::string_view level = "*";
    std::string_view statistic = "*";

    bool matches(const Entry& entry) const;
};

/// Which fields of a file are wanted: those that match one of the patterns.
class Selection {
public:
    explicit Selection(std::span<const Pattern> patterns) : patterns_(patterns.begin(), patterns.end()) {}
    /// "portal" or "all"; throws ParameterError for any other name.
    static Selection named(std::string_view name);

    /// In the order of the inventory; textually identical entries are all kept.
    std::vector<Entry> of(const Inventory& inventory) const;
    bool wants(const Entry& entry) const;

private:
    std::vector<Pattern> patterns_;
};

/// The 43 quantities that weather portals show: 54 messages of a forecast, 31 of an analysis.
std::span<const Pattern> portal_patterns();

}  // namespace gfs
