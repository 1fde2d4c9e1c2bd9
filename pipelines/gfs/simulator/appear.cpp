// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/appear.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs::simulator {
namespace {

Fault parse_release(std::string_view entry) {
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos) {
        throw freshet::ParameterError(fmt::format("'{}' is not a lead and its seconds, like 3:20", entry));
    }
    const auto lead = freshet::Codec<int>::read(entry.substr(0, colon));
    return {.kind = FaultKind::absent,
            .path = fmt::format("*.f{:03}*", lead),
            .until = freshet::Codec<double>::read(entry.substr(colon + 1))};
}

}  // namespace

std::vector<Fault> parse_release_schedule(std::string_view schedule) {
    std::vector<Fault> faults;
    while (!schedule.empty()) {
        const auto entry = schedule.substr(0, schedule.find(','));
        faults.push_back(parse_release(entry));
        schedule.remove_prefix(std::min(entry.size() + 1, schedule.size()));
    }
    return faults;
}

}  // namespace gfs::simulator
