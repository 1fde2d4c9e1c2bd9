// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gfs {

/// "gfs.0p25": product pgrb2.0p25 with the selection "portal"; "gfs.0p25.all"; eight hexadecimal digits for any other
/// selection; else the name that was chosen.
std::string dataset_name(std::string_view product, std::string_view selection, std::string_view chosen);

/// Where one revision of a cycle of a dataset lies, and what its files are called: the only place that knows.
class CyclePaths {
public:
    CyclePaths(std::filesystem::path root, std::string dataset, Cycle cycle, int revision);

    const std::string& dataset() const { return dataset_; }
    Cycle cycle() const { return cycle_; }
    int revision() const { return revision_; }
    /// The same cycle in another revision.
    CyclePaths with_revision(int revision) const { return {root_, dataset_, cycle_, revision}; }
    /// ROOT/<dataset>, with the pointer `latest` in it.
    std::filesystem::path dataset_folder() const { return root_ / dataset_; }
    /// From the dataset's folder: "2026-08-21T06/r1".
    std::filesystem::path revision_name() const;
    std::filesystem::path folder() const { return dataset_folder() / revision_name(); }
    /// The folder of all revisions of the cycle.
    std::filesystem::path cycle_folder() const { return folder().parent_path(); }

    /// When somebody last looked whether upstream replaced files of these leads.
    std::filesystem::path checked_marker(std::string_view leads) const {
        return cycle_folder() / file_name(leads, "watched.json");
    }

    // Pieces on their way, removed once the cycle is published.
    std::filesystem::path intermediate_folder() const { return folder() / "grib"; }
    /// At which mirror the file of a lead was found, and which version of it.
    std::filesystem::path source_file(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "found.json");
    }
    std::filesystem::path inventory(int lead) const { return intermediate_folder() / lead_file_name(lead, "idx"); }
    std::filesystem::path messages(int lead) const { return intermediate_folder() / lead_file_name(lead, "grib2"); }
    /// The messages with sums only, for the lead one hour later.
    std::filesystem::path accumulations(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "sums.grib2");
    }
    std::filesystem::path accumulations_source_record(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "sums.origin.json");
    }
    /// What is known of the file that the messages come from.
    std::filesystem::path source_record(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "origin.json");
    }

    std::filesystem::path netcdf(int lead) const { return folder() / lead_file_name(lead, "nc"); }
    /// `leads` is the canonical text of the leads that the manifest lists.
    std::filesystem::path manifest(std::string_view leads) const {
        return folder() / file_name(leads, "manifest.json");
    }
    /// Which revision this one supersedes, and what differs; none for the first.
    std::filesystem::path revision_record(std::string_view leads) const {
        return folder() / file_name(leads, "revision.json");
    }
    /// The folder of what a WMS server needs to draw maps of these leads.
    std::filesystem::path maps(std::string_view leads) const { return folder() / file_name(leads, "wms"); }
    /// The announcement that these leads, which readers agreed to call `part`, are complete.
    std::filesystem::path milestone(std::string_view part, std::string_view leads) const;
    /// The announcement that these leads are complete.
    std::filesystem::path event(std::string_view leads) const { return folder() / file_name(leads, "event.json"); }

private:
    std::string lead_file_name(int lead, std::string_view suffix) const;
    std::string file_name(std::string_view part_name, std::string_view suffix) const;

    std::filesystem::path root_;
    std::string dataset_;
    Cycle cycle_;
    int revision_;
};

}  // namespace gfs
