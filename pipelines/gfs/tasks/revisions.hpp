// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

namespace gfs {

/// Returns the newest revision that was opened for these leads; 1 unless upstream replaced files.
int newest_revision(const CyclePaths& paths, std::string_view leads);

/// Returns the number of a revision that has not been opened.
int next_revision(const CyclePaths& paths);

/// The reason for a revision, as recorded beside it.
struct RevisionRecord {
    int revision = 2;
    int supersedes = 1;
    std::string changed;  ///< leads whose files upstream replaced: "3,5-7"

    static RevisionRecord parse(std::string_view text);
    std::string text() const;
};

/// Opens a revision after upstream replaced files: hard-links the unchanged leads from the superseded revision, then
/// writes the revision record. IngestCycle makes the rest. A link equals a new conversion, which is reproducible byte
/// by byte.
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

}  // namespace gfs
