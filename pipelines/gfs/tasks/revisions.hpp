// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

namespace gfs {

/// The newest revision that was begun for these leads: 1 unless upstream was found to have replaced files.
int newest_revision(const CyclePaths& paths, std::string_view leads);

/// A revision of the cycle that nobody has begun.
int next_revision(const CyclePaths& paths);

/// How a revision came about, as its note says.
struct RevisionRecord {
    int revision = 2;
    int supersedes = 1;
    std::string changed;  ///< the leads that upstream replaced, like "3,5-7"

    static RevisionRecord parse(std::string_view text);
    std::string text() const;
};

/// Begins a revision after upstream has replaced files: takes over from the one before, by hard links, the leads that
/// are made of none of these. Its note makes the revision begun; IngestCycle does the rest. That what is taken over is
/// what another conversion would give is promised by same input, same bytes.
struct OpenRevision : CycleParameters {
    Leads leads = {};
    Leads changed = {};
    int supersedes = 1;

    static constexpr auto parameters = freshet::inherit_parameters<CycleParameters, OpenRevision>(
        param<&OpenRevision::leads>("hours from the analysis time, as far as the product has them"),
        param<&OpenRevision::changed>("those of them whose files were replaced at upstream"),
        param<&OpenRevision::supersedes>("the revision to take the others from"));

    freshet::LocalTarget output() const;
    double priority() const { return priority_of_lead(0); }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
