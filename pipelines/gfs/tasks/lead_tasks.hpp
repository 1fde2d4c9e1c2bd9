// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_parameters.hpp"

#include "freshet/context.hpp"

#include <tuple>

namespace gfs {

class Upstream;

/// Returns the mirrors of the task's source. Their health and rate limits are kept beside the store's state.
Upstream make_upstream(const CycleParameters& parameters, freshet::Context& context);

/// Finds a mirror that has a lead's GRIB file complete, and reads its inventory (.idx).
struct FetchInventory : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchInventory>(
        param<&FetchInventory::lead>("hours from the analysis time").required());

    /// The source file, then the inventory.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().source_file(lead)),
                          freshet::LocalTarget(paths().inventory(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// Downloads the selected messages of a lead's GRIB file.
struct FetchMessages : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchMessages>(
        param<&FetchMessages::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchInventory{*this, lead}; }
    /// The source record, then the messages.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().source_record(lead)),
                          freshet::LocalTarget(paths().messages(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// Downloads the accumulations among the selected messages of a lead, from which the lead one hour later computes
/// hourly sums. Needed only for leads that are not part of the cycle's selection.
struct FetchSums : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchSums>(
        param<&FetchSums::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchInventory{*this, lead}; }
    /// The source record, then the messages.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().accumulations_source_record(lead)),
                          freshet::LocalTarget(paths().accumulations(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// Converts one lead to CF NetCDF.
struct ConvertLead : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, ConvertLead>(
        param<&ConvertLead::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchMessages{*this, lead}; }
    freshet::LocalTarget output() const { return freshet::LocalTarget(paths().netcdf(lead)); }
    double priority() const { return priority_of_lead(lead); }
    // A timeout gives the task a process of its own: a decoder that crashes, leaks or hangs ends that process only.
    std::chrono::seconds timeout() const { return std::chrono::minutes(30); }
    freshet::Outcome run(freshet::Context& context) const;
};

}  // namespace gfs
