// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "tasks/store.hpp"

#include "freshet/task.hpp"

#include <filesystem>
#include <string>

namespace gfs {

using freshet::param;
using freshet::Parameter;

/// Where the files are that NOAA publishes: the archive and live data on AWS.
inline constexpr std::string_view public_source = "https://noaa-gfs-bdp-pds.s3.amazonaws.com/";

/// What every task of a cycle must know: which data is wanted, where it comes from, and where it goes.
struct Wanted {
    Cycle cycle;
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;

    static constexpr Parameter parameters[] = {
        param<&Wanted::cycle>("analysis time, or latest or previous").required(),
        param<&Wanted::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&Wanted::variables>("which fields: portal or all"),
        param<&Wanted::source>("URL or folder with the public layout").insignificant(),
        param<&Wanted::root>("folder of the store"),
        param<&Wanted::dataset>("name in the store, if not that of product and variables"),
        param<&Wanted::revision>("counts re-publications by upstream")};

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
};

}  // namespace gfs
