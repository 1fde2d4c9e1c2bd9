// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/data_checks.hpp"
#include "cycle.hpp"
#include "grib/area.hpp"
#include "inventory/level_selection.hpp"
#include "inventory/product_layout.hpp"
#include "netcdf/file_layout.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/json.hpp"
#include "freshet/task.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gfs {

using freshet::param;
using freshet::Parameter;

/// NOAA's mirrors: the archives first, which have no rate limit; NOMADS as a fallback for young cycles.
inline constexpr std::string_view public_source = "aws,gcs,nomads";

/// The common parameters of a cycle's tasks: the data selected, its source and its destination.
struct CycleParameters {
    Cycle cycle;
    std::string product = "pgrb2.0p25";
    std::optional<EnsembleMember> member = {};
    std::string variables = "portal";
    Levels levels = {};
    std::optional<Area> area = {};
    bool enhance = true;
    Chunks chunks = Chunks::map;
    Precision precision = Precision::exact;
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;
    UnknownMessages unknown = UnknownMessages::refuse;
    Checks checks = Checks::warn;
    bool accept_short = false;
    std::filesystem::path source_memory = "";
    bool optional = false;

    static constexpr Parameter parameters[] = {
        param<&CycleParameters::cycle>("analysis time, latest or previous").required(),
        param<&CycleParameters::product>(product_help),
        param<&CycleParameters::member>("member of an ensemble: c00 (control), p01 to p30, avg (mean) or spr (spread)"),
        param<&CycleParameters::variables>("fields: portal, all, or a file of patterns like UGRD:10 m above ground"),
        param<&CycleParameters::levels>("levels of these fields (default: all)"),
        param<&CycleParameters::area>("crop to west,east,south,north in degrees"),
        param<&CycleParameters::enhance>("add wind speed, wind direction and hourly precipitation"),
        param<&CycleParameters::chunks>("store fields whole (map), or in tiles for time series at few points (series)"),
        param<&CycleParameters::precision>(
            "keep all digits of the values (exact), or those that their packing tells (packing)"),
        param<&CycleParameters::source>(
            "mirrors in order of preference: nomads, aws, gcs, azure, rda, ncei, URLs or folders")
            .insignificant(),
        param<&CycleParameters::root>("folder of the store"),
        param<&CycleParameters::dataset>(
            "name of the dataset, followed by the member if there is one (default: from product and selection)"),
        param<&CycleParameters::revision>("revision of the cycle, counted up when upstream re-publishes files"),
        param<&CycleParameters::unknown>("unrecognised messages: refuse, or keep as variables named by their numbers")
            .insignificant(),
        param<&CycleParameters::checks>("implausible data: warn, refuse, or off").insignificant(),
        param<&CycleParameters::accept_short>("accept files that look truncated compared with earlier cycles")
            .insignificant(),
        param<&CycleParameters::source_memory>("folder of mirror health and rate limits, if shared by several stores")
            .insignificant(),
        param<&CycleParameters::optional>("publish without the variables and levels that no message of a lead matches")
            .insignificant()};

    /// The file of a lead.
    FileKey file(int lead) const { return {.cycle = cycle, .product = product, .lead = lead, .member = member}; }
    /// Text of the selection and its storage, from which the dataset's name is derived.
    std::string selection() const;
    /// Product and selection, as in manifests and in the dataset's selection.json: all that one dataset has in common.
    freshet::Json::Object selection_record() const;
    /// Newer cycles before older ones, so that a backfill never delays live data; within a cycle early leads before
    /// late ones, and the tasks that need all of them last.
    double priority_of_lead(int lead) const {
        constexpr double cycle_hour = 1e-4, lead_hour = 1e-7;  // small beside the default priority, 0
        return static_cast<double>(cycle.time_since_epoch().count()) * cycle_hour - lead * lead_hour;
    }
    double priority_of_end() const { return priority_of_lead(1'000); }

    CyclePaths paths() const;
};

/// Returns the parameters of this kind among the values; those without one have their defaults. Throws ParameterError
/// for a malformed value.
template <class Parameters>
Parameters parameters_from(const freshet::Values& values) {
    Parameters parameters;
    for (const Parameter& parameter : Parameters::parameters)
        if (const auto value = values.find(parameter.name); value != values.end())
            parameter.read(&parameters, value->second);
    return parameters;
}

/// Returns the difference between these parameters and what their dataset has so far, as a sentence; "" where the
/// dataset is new or of the same product and selection. Changes nothing. Throws Error for an unreadable record.
std::string dataset_conflict(const CycleParameters& parameters);

/// Records product and selection as those of the dataset, for good: one of several tasks that begin a dataset at the
/// same time wins. Throws Error when the dataset has others.
void claim_dataset(const CycleParameters& parameters);

}  // namespace gfs
