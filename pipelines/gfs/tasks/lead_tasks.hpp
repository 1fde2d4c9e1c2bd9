// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "tasks/store.hpp"

#include "freshet/task.hpp"

#include <filesystem>
#include <string>
#include <tuple>

namespace gfs {

using freshet::param;
using freshet::Parameter;

/// Where the files are that NOAA publishes: the archive and live data on AWS.
inline constexpr std::string_view public_source = "https://noaa-gfs-bdp-pds.s3.amazonaws.com/";

/// The inventory (.idx) of one lead: which messages its GRIB file holds, and where.
struct FetchInventory {
    Cycle cycle;
    int lead = 0;
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;

    static constexpr Parameter parameters[] = {
        param<&FetchInventory::cycle>("analysis time").required(),
        param<&FetchInventory::lead>("hours from the analysis time"),
        param<&FetchInventory::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&FetchInventory::variables>("which fields: portal or all"),
        param<&FetchInventory::source>("URL or folder with the public layout").insignificant(),
        param<&FetchInventory::root>("folder of the store"),
        param<&FetchInventory::dataset>("name in the store, if not that of product and variables"),
        param<&FetchInventory::revision>("counts re-publications by upstream")};

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
    freshet::LocalTarget output() const { return freshet::LocalTarget(store().inventory(lead)); }
    double priority() const { return -lead; }  // early leads all the way through before late ones
    void run(freshet::Context& context) const;
};

/// The wanted messages of one lead's GRIB file, one after the other, and a note of where they come from.
struct FetchMessages {
    Cycle cycle;
    int lead = 0;
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;

    static constexpr Parameter parameters[] = {
        param<&FetchMessages::cycle>("analysis time").required(),
        param<&FetchMessages::lead>("hours from the analysis time"),
        param<&FetchMessages::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&FetchMessages::variables>("which fields: portal or all"),
        param<&FetchMessages::source>("URL or folder with the public layout").insignificant(),
        param<&FetchMessages::root>("folder of the store"),
        param<&FetchMessages::dataset>("name in the store, if not that of product and variables"),
        param<&FetchMessages::revision>("counts re-publications by upstream")};

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
    auto requirements() const {
        return FetchInventory{.cycle = cycle, .lead = lead, .product = product, .variables = variables, .source = source,
                              .root = root, .dataset = dataset, .revision = revision};
    }
    /// The note, then the messages.
    auto output() const {
        return std::tuple(freshet::LocalTarget(store().origin(lead)), freshet::LocalTarget(store().messages(lead)));
    }
    double priority() const { return -lead; }
    void run(freshet::Context& context) const;
};

/// One lead as CF NetCDF.
struct ConvertLead {
    Cycle cycle;
    int lead = 0;
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;

    static constexpr Parameter parameters[] = {
        param<&ConvertLead::cycle>("analysis time").required(),
        param<&ConvertLead::lead>("hours from the analysis time"),
        param<&ConvertLead::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&ConvertLead::variables>("which fields: portal or all"),
        param<&ConvertLead::source>("URL or folder with the public layout").insignificant(),
        param<&ConvertLead::root>("folder of the store"),
        param<&ConvertLead::dataset>("name in the store, if not that of product and variables"),
        param<&ConvertLead::revision>("counts re-publications by upstream")};

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
    auto requirements() const {
        return FetchMessages{.cycle = cycle, .lead = lead, .product = product, .variables = variables, .source = source,
                             .root = root, .dataset = dataset, .revision = revision};
    }
    freshet::LocalTarget output() const { return freshet::LocalTarget(store().netcdf(lead)); }
    double priority() const { return -lead; }
    // A decoder that crashes, leaks or hangs on bad data ends its own process only.
    std::chrono::seconds timeout() const { return std::chrono::minutes(30); }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
