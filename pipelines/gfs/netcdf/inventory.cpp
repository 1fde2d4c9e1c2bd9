// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/file_layout.hpp"
#include "netcdf/vertical_levels.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gfs {

namespace {

// Whole days are written as days: "0-1 day acc fcst".
std::string time_range_text(std::chrono::seconds from, std::chrono::seconds to) {
    constexpr std::chrono::seconds minute{60}, hour{3600}, day{86400};
    for (const auto& [unit, name] : {std::pair(day, "day"), std::pair(hour, "hour"), std::pair(minute, "min")}) {
        if (from % unit == std::chrono::seconds(0) && to % unit == std::chrono::seconds(0)) {
            return fmt::format("{}-{} {}", from / unit, to / unit, name);
        }
    }
    return fmt::format("{}-{} sec", from.count(), to.count());
}

std::string instant_text(std::chrono::seconds ahead) {
    constexpr std::chrono::seconds minute{60}, hour{3600};
    if (ahead == std::chrono::seconds(0)) return "anl";
    if (ahead % hour == std::chrono::seconds(0)) return fmt::format("{} hour fcst", ahead / hour);
    return fmt::format("{} min fcst", ahead / minute);
}

}  // namespace

std::string inventory_time(const Message& message) {
    const Validity& validity = message.validity;
    if (!validity.process) return instant_text(validity.end - message.reference_time);
    constexpr std::string_view process_names[] = {"ave", "acc", "max", "min"};
    const auto process = static_cast<std::size_t>(*validity.process);
    const std::string process_name =
        process < std::size(process_names) ? std::string(process_names[process]) : fmt::format("process {}", process);
    return fmt::format("{} {} fcst",
                       time_range_text(validity.begin - message.reference_time, validity.end - message.reference_time),
                       process_name);
}

std::string inventory_line(const Message& message, const CfTable& table) {
    const CfRow* row = table.find(message);
    return fmt::format("{}:{}:{}", row == nullptr ? to_text(message.parameter) : row->ncep_name,
                       inventory_text(message.level), inventory_time(message));
}

std::string index_line(const Message& message, const CfTable& table) {
    const std::time_t reference = std::chrono::system_clock::to_time_t(message.reference_time);
    return fmt::format("{}:{}:d={:%Y%m%d%H}:{}:{}", message.location.number, message.location.offset,
                       fmt::gmtime(reference), inventory_line(message, table),
                       message.member ? fmt::format("ENS=+{}", *message.member) : "");
}

}  // namespace gfs
