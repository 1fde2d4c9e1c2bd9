// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/wanted.hpp"

#include <tuple>

namespace gfs {

/// Which mirror has one lead's GRIB file, finished, and its inventory (.idx): which messages it holds, and where.
struct FetchInventory : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchInventory>(
        param<&FetchInventory::lead>("hours from the analysis time").required());

    /// The note on mirror and file, then the inventory.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().source_file(lead)),
                          freshet::LocalTarget(paths().inventory(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// The wanted messages of one lead's GRIB file, one after the other, and a note of where they come from.
struct FetchMessages : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchMessages>(
        param<&FetchMessages::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchInventory{*this, lead}; }
    /// The note, then the messages.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().source_record(lead)),
                          freshet::LocalTarget(paths().messages(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// The sums over time among the wanted messages of a lead, with such a note, for the lead one hour later: what was
/// added since is the difference. Of a lead that is wanted itself they are taken from its messages instead.
struct FetchSums : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, FetchSums>(
        param<&FetchSums::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchInventory{*this, lead}; }
    /// The note, then the messages.
    auto output() const {
        return std::tuple(freshet::LocalTarget(paths().accumulations_source_record(lead)),
                          freshet::LocalTarget(paths().accumulations(lead)));
    }
    double priority() const { return priority_of_lead(lead); }
    void run(freshet::Context& context) const;
};

/// One lead as CF NetCDF.
struct ConvertLead : CycleParameters {
    int lead = 0;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, ConvertLead>(
        param<&ConvertLead::lead>("hours from the analysis time").required());

    auto requirements() const { return FetchMessages{*this, lead}; }
    freshet::LocalTarget output() const { return freshet::LocalTarget(paths().netcdf(lead)); }
    double priority() const { return priority_of_lead(lead); }
    // A decoder that crashes, leaks or hangs on bad data ends its own process only.
    std::chrono::seconds timeout() const { return std::chrono::minutes(30); }
    freshet::Outcome run(freshet::Context& context) const;
};

}  // namespace gfs
