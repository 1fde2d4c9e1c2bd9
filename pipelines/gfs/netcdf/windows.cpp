// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace gfs {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr int sum = 1;
constexpr hours bucket_length{6};

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

Window window_of(const Message& message) {
    const Validity& validity = message.validity;
    if (!validity.process) return Window::instant;
    const seconds from = validity.begin - message.reference_time;
    const seconds to = validity.end - message.reference_time;
    const seconds bucket_begin = (to - seconds(1)) / bucket_length * seconds(bucket_length);
    if (to > from && from == bucket_begin) return Window::bucket;
    return from == seconds(0) ? Window::run : Window::interval;
}

}  // namespace

std::vector<Window> windows(const std::vector<Message>& messages) {
    std::set<std::tuple<GribParameter, Level, Validity>> sums_seen;
    std::vector<Window> result;
    for (const Message& message : messages) {
        Window window = window_of(message);
        const bool is_sum_since_start =
            message.validity.process == sum && message.validity.begin == message.reference_time;
        if (window == Window::bucket && is_sum_since_start &&
            !sums_seen.insert({message.parameter, message.level, message.validity}).second) {
            window = Window::run;
        }
        result.push_back(window);
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

std::string statistic_suffix(const Message& message, const std::string& statistic, Window window) {
    if (window == Window::instant) return "";
    const std::string axis = window == Window::bucket ? "bucket" : window == Window::run ? "run" : "interval";
    std::string word = statistic;
    for (const Process& each : processes) {
        if (each.code == message.validity.process || (!statistic.empty() && each.cell_method == statistic)) {
            word = each.suffix;
            break;
        }
    }
    if (word.empty()) word = fmt::format("process_{}", *message.validity.process);
    if (word == "sum") return "_" + axis;
    return "_" + word + (window == Window::bucket ? "" : "_" + axis);
}

}  // namespace gfs
