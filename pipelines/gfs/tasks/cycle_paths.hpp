// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/ensemble_member.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gfs {

/// The file in a dataset's folder that records product and selection of all its cycles.
inline constexpr std::string_view selection_record_name = "selection.json";
/// The members of a manifest that describe the files over all leads.
inline constexpr std::string_view files_over_cycle[] = {"cycle_file", "kerchunk", "ncml"};

/// Returns the chosen name, else one from product and selection: "gfs.0p25" for pgrb2.0p25 and "portal",
/// "gfs.0p25.all", or "gfs.0p25." and eight hexadecimal digits of the selection's digest. The member of an ensemble is
/// part of it in any case: "gefs.pgrb2a.0p50.p01". Throws ParameterError for an unknown product.
std::string dataset_name(std::string_view product, std::string_view selection, std::string_view chosen,
                         const std::optional<EnsembleMember>& member = {});

/// The endings of the files over the leads of a cycle.
inline constexpr std::array<std::string_view, 3> cycle_file_endings{"nc", "kerchunk.json", "ncml"};

/// Returns the cycle after which a folder is named: "2026-08-21T06"; nullopt for another name.
std::optional<Cycle> cycle_of_folder(const std::filesystem::path& folder);
/// Returns the number of a revision's folder: "r12"; nullopt for another name.
std::optional<int> revision_of_folder(const std::filesystem::path& folder);
/// Returns the folders of the cycles of a dataset.
std::map<Cycle, std::filesystem::path> cycle_folders(const std::filesystem::path& dataset_folder);

/// The path scheme of one revision of a cycle in a dataset.
class CyclePaths {
public:
    CyclePaths(std::filesystem::path root, std::string dataset, Cycle cycle, int revision);

    const std::string& dataset() const { return dataset_; }
    Cycle cycle() const { return cycle_; }
    int revision() const { return revision_; }
    /// The same cycle in another revision.
    CyclePaths with_revision(int revision) const { return {root_, dataset_, cycle_, revision}; }
    /// ROOT/<dataset>, which contains the link `latest`.
    std::filesystem::path dataset_folder() const { return root_ / dataset_; }
    /// The user's own colours of maps, for all cycles.
    std::filesystem::path styles() const { return dataset_folder() / "styles.csv"; }
    /// Relative to the dataset's folder: "2026-08-21T06/r1".
    std::filesystem::path revision_name() const;
    std::filesystem::path folder() const { return dataset_folder() / revision_name(); }
    /// The folder of all revisions of the cycle.
    std::filesystem::path cycle_folder() const { return folder().parent_path(); }

    /// The time of the last check for files of these leads that upstream replaced.
    std::filesystem::path checked_marker(std::string_view leads) const {
        return cycle_folder() / file_name(leads, "watched.json");
    }

    // Intermediate files, removed once the cycle is published.
    std::filesystem::path intermediate_folder() const { return folder() / "grib"; }
    /// The mirror and the version of the file that was found for a lead.
    std::filesystem::path source_file(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "found.json");
    }
    std::filesystem::path inventory(int lead) const { return intermediate_folder() / lead_file_name(lead, "idx"); }
    std::filesystem::path messages(int lead) const { return intermediate_folder() / lead_file_name(lead, "grib2"); }
    /// The accumulations only, for the lead one hour later.
    std::filesystem::path accumulations(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "sums.grib2");
    }
    std::filesystem::path accumulations_source_record(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "sums.origin.json");
    }
    /// The file at upstream that the messages were read from.
    std::filesystem::path source_record(int lead) const {
        return intermediate_folder() / lead_file_name(lead, "origin.json");
    }

    std::filesystem::path netcdf(int lead) const { return folder() / lead_file_name(lead, "nc"); }
    /// A file over these leads.
    std::filesystem::path cycle_file(std::string_view leads, std::string_view ending = cycle_file_endings[0]) const {
        return folder() / file_name(leads, ending);
    }
    /// A link to such a file over the most leads that were published together.
    std::filesystem::path cycle_link(std::string_view ending = cycle_file_endings[0]) const;
    /// `leads` is the canonical text of the leads that the manifest lists.
    std::filesystem::path manifest(std::string_view leads) const {
        return folder() / file_name(leads, "manifest.json");
    }
    /// The superseded revision and the changed leads; absent for the first revision.
    std::filesystem::path revision_record(std::string_view leads) const {
        return folder() / file_name(leads, "revision.json");
    }
    /// The folder of the files with which a WMS server draws maps of these leads.
    std::filesystem::path maps(std::string_view leads) const { return folder() / file_name(leads, "wms"); }
    /// The event that these leads, named `part`, are complete.
    std::filesystem::path milestone(std::string_view part, std::string_view leads) const;
    /// The event that these leads are complete.
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
