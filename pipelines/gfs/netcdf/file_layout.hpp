// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "netcdf/cf_table.hpp"
#include "netcdf/unknown.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// Which stretch of time a field speaks of. Two windows cannot share one axis.
enum class TimePeriod {
    instant,
    bucket,    ///< since the last multiple of 6 h
    run,       ///< since the start of the forecast
    interval,  ///< any other
};

/// One of the file's time axes, each of one step.
struct TimeAxis {
    std::string name;  ///< "time", "time_bucket", "time_run", "time_interval", "time_interval1", ...
    TimePeriod period = TimePeriod::instant;
    std::chrono::sys_seconds begin = {};
    std::chrono::sys_seconds end = {};
};

/// A set of levels that variables share: a dimension, or the scalar coordinate of a single level.
struct LevelAxis {
    std::string name;
    std::vector<Level> levels;
};

/// One NetCDF variable, and which messages fill it.
struct Variable {
    std::string name;
    CfRow cf;
    GribParameter parameter;
    Level level;                        ///< of the first message
    std::size_t time_axis = 0;          ///< index into FileLayout::times
    std::optional<std::size_t> levels;  ///< index into FileLayout::levels; none where the level has no value
    std::string statistic;              ///< CF's word: "point", "sum", "mean", ...; empty where nobody says
    std::vector<std::size_t> messages;  ///< index into the file's messages, one for each level; none where derived
    std::string derivation = {};        ///< how it was computed, where it is no message's field
    std::string sources = {};           ///< names of the variables that it was computed from
};

/// What a NetCDF file of these messages looks like; nothing of it is on disk yet.
struct FileLayout {
    Grid grid;
    std::chrono::sys_seconds reference_time;
    std::chrono::sys_seconds time;
    std::optional<int> member;    ///< of an ensemble
    std::vector<TimeAxis> times;  ///< the first is "time"
    std::vector<LevelAxis> levels;
    std::vector<Variable> variables;
};

/// Plans one lead's file: every message has exactly one place in it. Throws freshet::Error, naming the messages, where
/// two would have the same place, where they differ in grid, cycle, lead or member, and where one is not understood
/// unless such ones are to be kept.
FileLayout plan_layout(const std::vector<Message>& messages, const CfTable& table,
                       UnknownMessages unknown = UnknownMessages::refuse);

/// "0-6 hour acc fcst", "anl", "7 hour fcst": a message's time as NCEP's inventories write it.
std::string inventory_time(const Message& message);
/// "TMP:2 m above ground:7 hour fcst": a message as NCEP's inventories name it.
std::string inventory_line(const Message& message, const CfTable& table);
/// "1:0:d=2022031518:TMP:2 m above ground:7 hour fcst:": the message's whole line of such an inventory.
std::string index_line(const Message& message, const CfTable& table);

}  // namespace gfs
