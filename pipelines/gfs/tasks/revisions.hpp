// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

#include <filesystem>
#include <string>
#include <string_view>

// Revisions of a cycle: folders r1, r2, ... in the cycle's folder. Revision 1 is the first ingest; later ones exist
// only where upstream replaced files.
namespace gfs {

/// Returns the newest revision that was opened for these leads; 1 unless upstream replaced files. `leads` is in the
/// canonical form. The cycle's folder need not exist.
int newest_revision(const CyclePaths& paths, std::string_view leads);

/// Returns the number after the last revision that was opened for any leads. Reserves nothing: it returns the same
/// until OpenRevision has completed. A folder with nothing but the links of a killed run counts as not opened.
int next_revision(const CyclePaths& paths);

/// The reason for a revision, as recorded beside it.
struct RevisionRecord {
    int revision = 2;
    int supersedes = 1;   ///< the revision with the unchanged leads
    std::string changed;  ///< leads whose files upstream replaced: "3,5-7"

    /// Throws freshet::Error for text that is not JSON or lacks a member.
    static RevisionRecord parse(std::string_view text);
    /// Formats the record as JSON.
    std::string text() const;
};

/// Opens a revision after upstream replaced files: hard-links the unchanged leads from the superseded revision, then
/// writes the revision record. IngestCycle makes the rest. A link equals a new conversion, which is reproducible byte
/// by byte; where a link fails, as on a filesystem without hard links, the file is copied.
///
/// The record is the output and is written last, so an attempt that was killed is repeated: it keeps the links that
/// exist and removes those of leads that upstream replaced meanwhile.
struct OpenRevision : CycleParameters {
    Leads leads = {};
    Leads changed = {};
    int supersedes = 1;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, OpenRevision>(
        param<&OpenRevision::leads>("hours from the analysis time, among those of the product"),
        param<&OpenRevision::changed>("leads whose files upstream replaced"),
        param<&OpenRevision::supersedes>("revision from which the other leads are linked"));

    freshet::LocalTarget output() const;
    double priority() const { return priority_of_lead(0); }
    void run(freshet::Context& context) const;
};

/// Points the cycle's links to the files over these leads, durably, unless they point to those over more leads. `leads`
/// is in the canonical form. Throws Error.
void update_cycle_links(const CyclePaths& paths, std::string_view leads, const Product& product);

/// Points the link FOLDER/latest to `revision` ("2026-08-21T06/r1", relative to the folder) atomically, then replaces
/// FOLDER/latest.map by `mapfile`, which refers to that revision. Both are durable on return. Does nothing when the
/// link points to a newer cycle or revision. Throws Error.
void update_latest_link(const std::filesystem::path& folder, const std::filesystem::path& revision,
                        std::string_view mapfile);

}  // namespace gfs
