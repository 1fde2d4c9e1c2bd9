// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/expectation.hpp"

#include "netcdf/layout.hpp"

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

// Until 2024 inventories of GFS said CLWMR.
constexpr std::pair<std::string_view, std::string_view> former_names[] = {{"CLWMR:", "CLMR:"}};

std::string of_today(std::string line) {
    for (const auto& [former, name] : former_names) {
        if (line.starts_with(former)) return std::string(name) + line.substr(former.size());
    }
    return line;
}

// "7 hour fcst"
std::string_view time_in(std::string_view line) { return line.substr(line.rfind(':') + 1); }

/// Takes out of the missing lines one that may be the message that is not understood, and that message's own line.
void reconcile(const Message& message, Difference& difference) {
    const std::string own = inventory_line(message, CfTable::built_in());
    const auto found = std::find(difference.unexpected.begin(), difference.unexpected.end(), own);
    if (found == difference.unexpected.end()) return;
    const auto promised = std::find_if(difference.missing.begin(), difference.missing.end(),
                                       [&](const std::string& line) { return time_in(line) == time_in(own); });
    if (promised == difference.missing.end()) return;
    difference.missing.erase(promised);
    difference.unexpected.erase(found);
}

}  // namespace

Difference difference(std::vector<std::string> expected, const std::vector<Message>& messages) {
    std::vector<std::string> found;
    for (const Message& message : messages) found.push_back(inventory_line(message, CfTable::built_in()));
    std::transform(expected.begin(), expected.end(), expected.begin(), of_today);
    // As multisets: up to 6 h the two sums of precipitation carry the same line.
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    Difference difference;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::back_inserter(difference.missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(difference.unexpected));
    for (const Message& message : messages) {
        if (why_not_understood(message, CfTable::built_in())) reconcile(message, difference);
    }
    return difference;
}

}  // namespace gfs
