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

/// A statistical process of NCEP's own: one over several forecasts or analyses.
struct LocalProcess {
    int code;
    std::string_view cell_method;  ///< empty where the result is not a statistic of the interval, or not the quantity
    std::string_view suffix;
    std::string_view meaning;
};
// NCEP's version of code table 4.10, https://www.nco.ncep.noaa.gov/pmb/docs/grib2/grib2_doc/grib2_table4-10.shtml
constexpr auto local_processes = std::to_array<LocalProcess>(
    {{192, "", "climatological_mean", "mean of several years of means over a part of the year"},
     {193, "mean", "average_of_forecasts", "average of forecasts, or of initialized analyses, at regular intervals"},
     {194, "mean", "average_of_analyses", "average of uninitialized analyses at regular intervals"},
     {195, "mean", "average_of_sums_24h_apart", "average of the sums of forecasts begun 24 h apart"},
     {196, "mean", "average_of_successive_sums", "average of the sums of forecasts that follow each other"},
     {197, "mean", "average_of_averages_24h_apart", "average of the averages of forecasts begun 24 h apart"},
     {198, "mean", "average_of_successive_averages", "average of the averages of forecasts that follow each other"},
     {199, "", "climatological_average_of_analyses", "average of analyses that are each a year apart"},
     {200, "", "climatological_average_of_forecasts", "average of forecasts that are each a year apart"},
     {201, "", "climatological_error_of_forecasts",
      "root mean square difference between forecasts that are each a year apart and the analyses that verify them"},
     {202, "", "climatological_standard_deviation_of_forecasts",
      "standard deviation of forecasts that are each a year apart"},
     {203, "", "climatological_standard_deviation_of_analyses",
      "standard deviation of analyses that are each a year apart"},
     {204, "mean", "average_of_sums_6h_apart", "average of the sums of forecasts begun 6 h apart"},
     {205, "mean", "average_of_averages_6h_apart", "average of the averages of forecasts begun 6 h apart"},
     {206, "mean", "average_of_sums_12h_apart", "average of the sums of forecasts begun 12 h apart"},
     {207, "mean", "average_of_averages_12h_apart", "average of the averages of forecasts begun 12 h apart"}});

template <class Table>
const auto* find_process(const Table& table, int code) {
    const auto found = std::ranges::find_if(table, [code](const auto& each) { return each.code == code; });
    return found == table.end() ? nullptr : &*found;
}

const LocalProcess* local_process(const Message& message) {
    const bool may_have_one = message.centre == ncep && message.validity.process && message.time_ranges == 1;
    return may_have_one ? find_process(local_processes, *message.validity.process) : nullptr;
}

constexpr hours one_hour{1};

/// The number of whole months of the calendar that an interval consists of; 0 for any other.
int whole_months(const Validity& validity) {
    const auto first = std::chrono::floor<std::chrono::days>(validity.begin);
    const auto last = std::chrono::floor<std::chrono::days>(validity.end);
    const std::chrono::year_month_day from(first), to(last);
    const bool is_of_months =
        first == validity.begin && last == validity.end && from.day() == to.day() && from.day() == std::chrono::day(1);
    if (!is_of_months) return 0;
    return static_cast<int>((to.year() / to.month() - from.year() / from.month()).count());
}

/// The period of an interval whose statistics begin anew every 6 h.
TimePeriod six_hourly_period(const Message& message) {
    const Validity& validity = message.validity;
    if (!validity.process) return TimePeriod::instant;
    const seconds from = validity.begin - message.reference_time;
    const seconds to = validity.end - message.reference_time;
    const seconds bucket_begin = (to - seconds(1)) / bucket_length * seconds(bucket_length);
    if (to > from && from == bucket_begin) return TimePeriod::bucket;
    return from == seconds(0) ? TimePeriod::run : TimePeriod::interval;
}

/// The period of an interval by itself. In the first hour both meanings hold: sums are then since the analysis, and
/// extremes and averages, which are seldom of the whole forecast, of the hour.
TimePeriod labelled_period(const Message& message) {
    const Validity& validity = message.validity;
    if (!validity.process) return TimePeriod::instant;
    if (validity.begin != message.reference_time) return TimePeriod::interval;
    const bool is_hour = validity.end - validity.begin == one_hour;
    return is_hour && validity.process != sum_process ? TimePeriod::interval : TimePeriod::run;
}

/// True for the models of NCEP whose statistics begin anew every 6 h: GFS and GDAS (analyses
/// 81, forecasts 96 and 82) and GEFS (107).
bool is_global_forecast(const Message& message) {
    constexpr std::array processes_of_gfs{81, 82, 96, 107};
    return message.centre == ncep && std::ranges::count(processes_of_gfs, message.process_identifier) > 0;
}

/// True where statistics of the file begin anew every 6 h. Sums alone that are of one hour may be those of every hour.
bool has_buckets(const std::vector<Message>& messages) {
    bool has_other_than_sums = false;
    bool has_hour = false;
    for (const Message& message : messages) {
        const Validity& validity = message.validity;
        if (!validity.process) continue;
        if (!is_global_forecast(message) || six_hourly_period(message) == TimePeriod::interval) return false;
        has_other_than_sums |= validity.process != sum_process;
        has_hour |= validity.end - validity.begin == one_hour;
    }
    return has_other_than_sums || !has_hour;
}

}  // namespace

std::vector<TimePeriod> time_periods(const std::vector<Message>& messages, Buckets buckets) {
    const bool are_six_hourly = buckets == Buckets::six_hourly || has_buckets(messages);
    std::set<std::tuple<GribParameter, Level, Validity, ProductTraits>> sums_seen;
    std::vector<TimePeriod> result;
    for (const Message& message : messages) {
        TimePeriod period = are_six_hourly ? six_hourly_period(message) : labelled_period(message);
        if (message.validity.process && whole_months(message.validity) > 0) period = TimePeriod::interval;
        const bool is_sum_since_start =
            message.validity.process == sum_process && message.validity.begin == message.reference_time;
        if (is_sum_since_start &&
            !sums_seen.insert({message.parameter, message.level, message.validity, message.traits}).second) {
            if (period == TimePeriod::bucket)
                period = TimePeriod::run;
            else if (!are_six_hourly)
                period = TimePeriod::interval;
        }
        result.push_back(period);
    }
    return result;
}

std::string period_name(TimePeriod period, const Validity& validity) {
    if (period == TimePeriod::bucket) return "bucket";
    if (period == TimePeriod::run) return "run";
    if (const int months = whole_months(validity); months > 0)
        return months == 1 ? "month" : fmt::format("{}months", months);
    const seconds length = validity.end - validity.begin;
    if (length == one_hour) return "hour";
    if (length % one_hour == seconds(0)) return fmt::format("{}h", length / one_hour);
    constexpr std::chrono::minutes minute{1};
    return length % minute == seconds(0) ? fmt::format("{}min", length / minute) : fmt::format("{}s", length.count());
}

std::string statistic(const Message& message, const CfRow& row) {
    const std::optional<int> process = message.validity.process;
    if (message.time_ranges != 1) return "";                        // a statistic of a statistic
    if (!process) return row.statistic == "sum" ? "sum" : "point";  // SUNSD is a sum labelled as an instant
    if (const LocalProcess* const local = local_process(message)) return std::string(local->cell_method);
    if (const Process* const known = find_process(processes, *process)) return std::string(known->cell_method);
    return row.statistic.starts_with("point") ? "" : row.statistic;
}

bool is_process_known(const Message& message, const CfRow& row) {
    return local_process(message) != nullptr || find_process(processes, *message.validity.process) != nullptr ||
           !statistic(message, row).empty();
}

std::string process_meaning(const Message& message) {
    const LocalProcess* const local = local_process(message);
    return local == nullptr ? "" : std::string(local->meaning);
}

std::string statistic_suffix(const Message& message, const std::string& statistic, TimePeriod period) {
    if (period == TimePeriod::instant) return "";
    const std::string axis = period_name(period, message.validity);
    if (message.time_ranges != 1) return fmt::format("_{}_time_ranges_{}", message.time_ranges, axis);
    std::string suffix = statistic;
    const LocalProcess* const local = local_process(message);
    const auto is_named = [&](const Process& each) {
        return each.code == message.validity.process || (!statistic.empty() && each.cell_method == statistic);
    };
    if (local != nullptr)
        suffix = local->suffix;
    else if (const auto known = std::ranges::find_if(processes, is_named); known != processes.end())
        suffix = known->suffix;
    if (suffix.empty()) suffix = fmt::format("process_{}", *message.validity.process);
    if (suffix == "sum") return "_" + axis;
    return "_" + suffix + (period == TimePeriod::bucket ? "" : "_" + axis);
}

}  // namespace gfs
