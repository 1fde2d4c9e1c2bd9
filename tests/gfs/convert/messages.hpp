// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <fmt/format.h>

namespace gfs::test {

/// A description of a message of a 4 x 3 grid, as if it had been read.
struct MessageSpec {
    GribParameter parameter;
    Level level;
    int begin_hour = 6;
    int end_hour = 6;
    std::optional<int> process = {};
};

inline Level on(int type, double value) { return {.first = {.type = type, .value = value}, .second = {}}; }

inline Level between(int type, double first, double second) {
    return {.first = {.type = type, .value = first}, .second = Surface{.type = type, .value = second}};
}

inline std::vector<Message> messages(const std::vector<MessageSpec>& all) {
    using std::chrono::hours;
    const auto start = std::chrono::sys_days{std::chrono::year{2022} / 3 / 15} + hours(18);
    std::vector<Message> result;
    for (const MessageSpec& each : all) {
        Message message;
        message.location.number = fmt::format("{}", result.size() + 1);
        message.location.offset = 1000 * result.size();
        message.parameter = each.parameter;
        message.centre = "kwbc";
        message.level = each.level;
        message.reference_time = start;
        message.validity = {start + hours(each.begin_hour), start + hours(each.end_hour), each.process};
        message.grid = {.columns = 4,
                        .rows = 3,
                        .earth = {6371229, 6371229},
                        .first_latitude = 90,
                        .last_latitude = -90,
                        .last_longitude = 270};
        result.push_back(message);
    }
    return result;
}

}  // namespace gfs::test
