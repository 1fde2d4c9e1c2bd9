// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <chrono>
#include <vector>

namespace gfs {

/// NCEP's accumulations begin anew at each multiple of it after the analysis.
inline constexpr std::chrono::hours bucket_length{6};

/// The period of each message. Up to 6 h into a forecast the sum since the last multiple of 6 h and the sum since the
/// start carry the same label: NCEP writes the bucket first.
std::vector<TimePeriod> time_periods(const std::vector<Message>& messages);

/// The statistical process as CF's cell method: "point", "sum", "mean", "maximum", ...; empty where neither the message
/// nor the table tells.
std::string statistic(const Message& message, const CfRow& row);

/// True where the message's statistical process is known.
bool is_process_known(const Message& message, const CfRow& row);

/// The part of a variable's name that names its period: "", "_bucket", "_run", "_average", "_maximum_run", ...
std::string statistic_suffix(const Message& message, const std::string& statistic, TimePeriod period);

}  // namespace gfs
