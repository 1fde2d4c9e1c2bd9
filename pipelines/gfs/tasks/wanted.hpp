// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/data_checks.hpp"
#include "cycle.hpp"
#include "grib/area.hpp"
#include "inventory/level_selection.hpp"
#include "netcdf/file_layout.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/task.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gfs {

using freshet::param;
using freshet::Parameter;

/// Where NOAA publishes: the archives first, which bear any number of requests; the origin while a cycle is young.
inline constexpr std::string_view public_source = "aws,gcs,nomads";

/// What every task of a cycle must know: which data is wanted, where it comes from, and where it goes.
struct CycleParameters {
    Cycle cycle;
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    Levels levels = {};
    std::optional<Area> area = {};
    bool enhance = true;
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;
    UnknownMessages unknown = UnknownMessages::refuse;
    Checks checks = Checks::warn;
    bool accept_short = false;
    std::filesystem::path source_memory = "";

    static constexpr Parameter parameters[] = {
        param<&CycleParameters::cycle>("analysis time, or latest or previous").required(),
        param<&CycleParameters::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&CycleParameters::variables>(
            "which fields: portal, all, or a file of patterns like UGRD:10 m above ground"),
        param<&CycleParameters::levels>("of these fields, those on these levels only; all by default"),
        param<&CycleParameters::area>("west,east,south,north in degrees: what is outside is left out"),
        param<&CycleParameters::enhance>("add wind speed and direction, and the precipitation of each hour"),
        param<&CycleParameters::source>("roots in order of preference: nomads, aws, gcs, azure, URLs or folders")
            .insignificant(),
        param<&CycleParameters::root>("folder of the store"),
        param<&CycleParameters::dataset>("name in the store, if not that of product and selection"),
        param<&CycleParameters::revision>("counts re-publications by upstream"),
        param<&CycleParameters::unknown>(
            "a message that is not understood: refuse it, or keep it, named by its numbers")
            .insignificant(),
        param<&CycleParameters::checks>("data that no atmosphere can have: warn, refuse it, or off").insignificant(),
        param<&CycleParameters::accept_short>("take files that look cut off beside those of earlier cycles")
            .insignificant(),
        param<&CycleParameters::source_memory>(
            "folder for what is learnt of roots, and their limits, if several stores share it")
            .insignificant()};

    /// What was selected, as the dataset's name tells it.
    std::string selection() const {
        if (levels == Levels{} && !area && enhance) return variables;
        return variables + "|" + levels.text() + "|" + (area ? area->text() : "") + (enhance ? "" : "|not enhanced");
    }
    /// Newer cycles go before older ones, so that a backfill never holds up what is live. Within a cycle early leads go
    /// all the way through before late ones, and what needs all of them comes last.
    double priority_of_lead(int lead) const {
        constexpr double cycle_hour = 1e-4, lead_hour = 1e-7;  // beside 0, which other pipelines' tasks have by default
        return static_cast<double>(cycle.time_since_epoch().count()) * cycle_hour - lead * lead_hour;
    }
    double priority_of_end() const { return priority_of_lead(1'000); }

    CyclePaths paths() const { return {root, dataset_name(product, selection(), dataset), cycle, revision}; }
};

}  // namespace gfs
