// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/lead_notes.hpp"

#include "freshet/target.hpp"

namespace gfs {

freshet::Json lead_provenance(const CyclePaths& paths, int lead) {
    auto provenance = freshet::LocalTarget(paths.netcdf(lead)).metadata();
    const auto* const before = provenance.find(taken_over_key);
    return before == nullptr ? provenance
                             : lead_provenance(paths.with_revision(static_cast<int>(before->as_integer())), lead);
}

std::vector<SourceFile> sources_of(const CyclePaths& paths, int lead) {
    std::vector<SourceFile> sources;
    const auto provenance = lead_provenance(paths, lead);
    if (const auto* recorded = provenance.find(sources_key))
        for (const auto& file : recorded->as_array()) sources.push_back(source_file_from_json(file));
    return sources;
}

}  // namespace gfs
