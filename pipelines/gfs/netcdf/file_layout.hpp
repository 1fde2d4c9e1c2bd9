// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/cf_table.hpp"
#include "grib/message.hpp"
#include "netcdf/product_names.hpp"
#include "netcdf/rounding.hpp"

#include "freshet/codec.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// The treatment of messages of unknown meaning.
enum class UnknownMessages {
    refuse,  ///< the conversion fails and names the message
    keep,    ///< becomes a variable named by its numbers
};

/// The kind of interval that a field covers. Two kinds cannot share one time coordinate.
enum class TimePeriod {
    instant,
    bucket,    ///< since the last multiple of 6 h
    run,       ///< since the start of the forecast
    interval,  ///< any other: the last hour, the last 3 h
};

/// The parts in which the values of a field are stored and compressed.
enum class Chunks {
    map,     ///< the whole field
    series,  ///< tiles of about 256 KB, for those who read few points of many leads
};

/// The beginning of a file's statistics, which tells what an interval means.
enum class Buckets {
    six_hourly,  ///< they begin anew at each multiple of 6 h after the analysis, as those of the GFS do
    inferred,    ///< as the messages tell by their generating process and their intervals
};

/// A coordinate on the file's one time dimension, on which every field lies: the dimension's own, whose value is the
/// valid time, or the interval that ends then.
struct TimeCoordinate {
    std::string name;  ///< "time", "time_bucket", "time_run", "time_hour", "time_3h", ...
    TimePeriod period = TimePeriod::instant;
    std::chrono::sys_seconds begin = {};
    std::chrono::sys_seconds end = {};
};

/// The place of a message that a file has not, although it has others of the same variable.
inline constexpr std::size_t no_message = std::numeric_limits<std::size_t>::max();

/// One NetCDF variable and the messages that fill it.
struct Variable {
    std::string name;
    CfRow cf;
    GribParameter parameter;
    Level level;                        ///< the first message's
    std::size_t time_coordinate = 0;    ///< index into FileLayout::times
    std::vector<std::size_t> axes;      ///< indices into FileLayout::axes; its dimensions after the time, and scalars
    std::string statistic;              ///< cell method over time: "point", "sum", ...; empty when unknown
    std::vector<std::size_t> messages;  ///< index into the file's messages, row by row of `axes`; none where derived
    std::string derivation = {};        ///< formula of a derived variable
    std::string sources = {};           ///< names of the variables that a derived one was computed from
    ProductTraits traits = {};          ///< the first message's
    std::vector<double> rounding_steps =
        {};  ///< of each message's values, or of the derived ones; empty: all are exact

    /// True for values whose bytes compress better apart: computed ones are all different, rounded ones end in zeros.
    /// Fixed for a variable of a dataset, since references to the files of a cycle know one list of filters for it.
    bool is_shuffled() const { return !derivation.empty() || !rounding_steps.empty(); }
};

/// The planned content of a NetCDF file.
struct FileLayout {
    Grid grid;
    std::chrono::sys_seconds reference_time;
    std::chrono::sys_seconds time;
    std::vector<TimeCoordinate> times;  ///< the first is "time", the dimension's own
    std::vector<Axis> axes;
    std::vector<Variable> variables;
    Chunks chunks = Chunks::map;
    Precision precision = Precision::exact;
    std::size_t repetitions = 0;  ///< messages that are left out because an earlier one says the same

    /// The position on each dimension of the variable besides time and grid of its message with this index.
    std::vector<std::size_t> position(const Variable& variable, std::size_t message) const;
};

/// Tells that two messages are equal.
using MessageEquality = std::function<bool(const Message& one, const Message& other)>;

/// Returns the names of a parameter without a row in the CF table.
using FindNames = std::function<EccodesNames(const Message& message)>;

/// The treatment of a file's messages by plan_layout().
struct LayoutOptions {
    UnknownMessages unknown = UnknownMessages::refuse;
    Buckets buckets = Buckets::six_hourly;
    MessageEquality are_equal = {};  ///< of two with one place; by default no two are
    FindNames eccodes_names = [](const Message&) { return EccodesNames{}; };
};

/// Plans one lead's file, in which every message has exactly one place and equal ones share it. Throws freshet::Error,
/// naming the messages, where two others would have the same place, where they differ in grid, cycle or lead, where
/// some are of members of an ensemble and others not, and for messages of unknown meaning unless those are kept.
FileLayout plan_layout(const std::vector<Message>& messages, const CfTable& table, const LayoutOptions& options = {});

/// Explains why the meaning of a message is unknown: its parameter, its type of level, its statistical process or its
/// product. Nothing when it is known.
std::optional<std::string> unknown_reason(const Message& message, const CfTable& table);

/// Messages that can share a NetCDF file: those of one grid, cycle and lead, and either of members of an ensemble or
/// not.
struct FileGroup {
    std::string suffix;  ///< distinguishes the group's file: ".2022-03-15T18.f006", empty for the only one
    std::vector<Message> messages;
};

/// Groups a file's messages, in the order of their first messages.
std::vector<FileGroup> group_messages(const std::vector<Message>& messages);

}  // namespace gfs

template <>
inline constexpr std::pair<gfs::UnknownMessages, std::string_view> freshet::enum_names<gfs::UnknownMessages>[] = {
    {gfs::UnknownMessages::refuse, "refuse"}, {gfs::UnknownMessages::keep, "keep"}};

template <>
inline constexpr std::pair<gfs::Chunks, std::string_view> freshet::enum_names<gfs::Chunks>[] = {
    {gfs::Chunks::map, "map"}, {gfs::Chunks::series, "series"}};
