// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/leads.hpp"
#include "tasks/lead_tasks.hpp"

#include <vector>

namespace gfs {

/// The list of a cycle's finished files, with their digests: proof that none of the wanted leads is missing.
struct WriteManifest {
    Cycle cycle;
    Leads leads = {};
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;

    static constexpr Parameter parameters[] = {
        param<&WriteManifest::cycle>("analysis time").required(),
        param<&WriteManifest::leads>("hours from the analysis time, as far as the product has them"),
        param<&WriteManifest::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&WriteManifest::variables>("which fields: portal or all"),
        param<&WriteManifest::source>("URL or folder with the public layout").insignificant(),
        param<&WriteManifest::root>("folder of the store"),
        param<&WriteManifest::dataset>("name in the store, if not that of product and variables"),
        param<&WriteManifest::revision>("counts re-publications by upstream")};

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
    std::vector<int> hours() const;
    std::vector<ConvertLead> requirements() const;
    freshet::LocalTarget output() const;
    double priority() const { return -10'000; }  // after every lead of every cycle that can go on
    void run() const;
};

/// One cycle from upstream to its announcement: what fcron names.
struct IngestCycle {
    Cycle cycle;
    Leads leads = {};
    std::string product = "pgrb2.0p25";
    std::string variables = "portal";
    std::string source = std::string(public_source);
    std::filesystem::path root = "data";
    std::string dataset = "";
    int revision = 1;
    bool keep_grib = false;
    std::string event_source = "/freshet/gfs";

    static constexpr Parameter parameters[] = {
        param<&IngestCycle::cycle>("analysis time, or latest or previous").required(),
        param<&IngestCycle::leads>("hours from the analysis time, as far as the product has them"),
        param<&IngestCycle::product>("family of files: pgrb2.0p25, pgrb2.0p50, pgrb2.1p00"),
        param<&IngestCycle::variables>("which fields: portal or all"),
        param<&IngestCycle::source>("URL or folder with the public layout").insignificant(),
        param<&IngestCycle::root>("folder of the store"),
        param<&IngestCycle::dataset>("name in the store, if not that of product and variables"),
        param<&IngestCycle::revision>("counts re-publications by upstream"),
        param<&IngestCycle::keep_grib>("keep the downloaded messages once the cycle is published").insignificant(),
        param<&IngestCycle::event_source>("who says so: the event's source").insignificant()};
    static constexpr bool announces = true;

    Store store() const { return {root, dataset_name(product, variables, dataset), cycle, revision}; }
    WriteManifest requirements() const;
    freshet::LocalTarget output() const;
    double priority() const { return -10'000; }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
