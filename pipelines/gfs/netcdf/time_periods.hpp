// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <chrono>
#include <vector>

namespace gfs {

/// NCEP's accumulations begin anew at each multiple of it after the analysis.
inline constexpr std::chrono::hours bucket_length{6};

/// The period of each message of a file. Up to 6 h into a forecast the sum since the last multiple of 6 h and the sum
/// since the start carry the same label: NCEP writes the bucket first. In files without buckets a second equal sum is
/// that of the last hours, whose label is the same in the first of them.
std::vector<TimePeriod> time_periods(const std::vector<Message>& messages, Buckets buckets = Buckets::six_hourly);

/// Names a period for variables and axes: "bucket", "run", and other intervals by their length: "hour", "3h", "15min",
/// "month".
std::string period_name(TimePeriod period, const Validity& validity);

/// The statistical process as CF's cell method: "point", "sum", "mean", "maximum", ...; empty where neither the message
/// nor the table tells.
std::string statistic(const Message& message, const CfRow& row);

/// True where the message's statistical process is known.
bool is_process_known(const Message& message, const CfRow& row);

/// A sentence about a statistical process of NCEP's own, over several forecasts or analyses; empty for any other.
std::string process_meaning(const Message& message);

/// The part of a variable's name that names its period: "", "_bucket", "_run", "_hour", "_average", "_maximum_3h", ...
std::string statistic_suffix(const Message& message, const std::string& statistic, TimePeriod period);

}  // namespace gfs
