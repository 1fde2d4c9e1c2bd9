// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/lead_notes.hpp"

#include "freshet/target.hpp"

namespace gfs {

freshet::Json notes_of(const Store& store, int lead) {
    auto notes = freshet::LocalTarget(store.netcdf(lead)).notes();
    const auto* const before = notes.find(taken_over_note);
    return before == nullptr ? notes : notes_of(store.with_revision(static_cast<int>(before->as_integer())), lead);
}

std::vector<SourceFile> sources_of(const Store& store, int lead) {
    std::vector<SourceFile> sources;
    const auto notes = notes_of(store, lead);
    if (const auto* noted = notes.find(sources_note))
        for (const auto& file : noted->as_array()) sources.push_back(source_file_from_json(file));
    return sources;
}

}  // namespace gfs
