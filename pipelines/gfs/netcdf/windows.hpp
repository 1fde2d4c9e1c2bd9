// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/file_layout.hpp"

#include <vector>

namespace gfs {

/// Which period each message speaks of. Up to 6 h into a forecast the sum since the last multiple of 6 h and the sum
/// since the start carry the same label: NCEP writes the bucket first.
std::vector<TimePeriod> time_periods(const std::vector<Message>& messages);

/// What was done to the interval, in CF's word for cell_methods: "point", "sum", "mean", "maximum", ...; empty where
/// neither the message nor the table says.
std::string statistic(const Message& message, const CfRow& row);

/// True where it is known what was done to the message's interval.
bool is_process_known(const Message& message, const CfRow& row);

/// The end of a variable's name: "", "_bucket", "_run", "_average", "_maximum_run", ...
std::string statistic_suffix(const Message& message, const std::string& statistic, TimePeriod period);

}  // namespace gfs
