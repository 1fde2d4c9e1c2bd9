// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/time_periods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace gfs {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr int sum_process = 1;

struct Process {
    int code;  // code table 4.10
    std::string_view cell_method;
    std::string_view suffix;
};
constexpr auto processes = std::to_array<Process>({{0, "mean", "average"},
                                                   {1, "sum", "sum"},
                                                   {2, "maximum", "maximum"},
                                                   {3, "minimum", "minimum"},
                                                   {4, "", "difference"},
                                                   {5, "root_mean_square", "root_mean_square"},
                                                   {6, "standard_deviation", "standard_deviation"},
                                                   {7, "", "covariance"},
                                                   {8, "", "reversed_difference"},
                                                   {9, "", "ratio"},
                                                   {11, "sum", "summation"}});

TimePeriod time_period_of(const Message& message) {
    const Validity& validity = message.validity;
    if (!validity.process) return TimePeriod::instant;
    const seconds from = validity.begin - message.reference_time;
    const seconds to = validity.end - message.reference_time;
    const seconds bucket_begin = (to - seconds(1)) / bucket_length * seconds(bucket_length);
    if (to > from && from == bucket_begin) return TimePeriod::bucket;
    return from == seconds(0) ? TimePeriod::run : TimePeriod::interval;
}

}  // namespace

std::vector<TimePeriod> time_periods(const std::vector<Message>& messages) {
    std::set<std::tuple<GribParameter, Level, Validity>> sums_seen;
    std::vector<TimePeriod> result;
    for (const Message& message : messages) {
        TimePeriod period = time_period_of(message);
        const bool is_sum_since_start =
            message.validity.process == sum_process && message.validity.begin == message.reference_time;
        if (period == TimePeriod::bucket && is_sum_since_start &&
            !sums_seen.insert({message.parameter, message.level, message.validity}).second) {
            period = TimePeriod::run;
        }
        result.push_back(period);
    }
    return result;
}

std::string statistic(const Message& message, const CfRow& row) {
    const std::optional<int> process = message.validity.process;
    if (!process) return row.statistic == "sum" ? "sum" : "point";  // SUNSD is a sum labelled as an instant
    for (const Process& each : processes) {
        if (each.code == *process) return std::string(each.cell_method);
    }
    return row.statistic.starts_with("point") ? "" : row.statistic;
}

bool is_process_known(const Message& message, const CfRow& row) {
    const auto is_named = [&](const Process& each) { return each.code == message.validity.process; };
    return std::any_of(processes.begin(), processes.end(), is_named) || !statistic(message, row).empty();
}

std::string statistic_suffix(const Message& message, const std::string& statistic, TimePeriod period) {
    if (period == TimePeriod::instant) return "";
    const std::string axis = period == TimePeriod::bucket ? "bucket" : period == TimePeriod::run ? "run" : "interval";
    std::string suffix = statistic;
    for (const Process& each : processes) {
        if (each.code == message.validity.process || (!statistic.empty() && each.cell_method == statistic)) {
            suffix = each.suffix;
            break;
        }
    }
    if (suffix.empty()) suffix = fmt::format("process_{}", *message.validity.process);
    if (suffix == "sum") return "_" + axis;
    return "_" + suffix + (period == TimePeriod::bucket ? "" : "_" + axis);
}

}  // namespace gfs
