// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/layout.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/lead_notes.hpp"

#include "freshet/digest.hpp"
#include "freshet/json.hpp"

namespace gfs {

std::string WriteManifest::canonical_leads() const {
    const Product& files = find_product(product);
    return Leads::of_hours(leads.of(files), files).text();
}

std::vector<ConvertLead> WriteManifest::requirements() const {
    std::vector<ConvertLead> files;
    for (const int lead : leads.of(find_product(product))) files.push_back({*this, lead});
    return files;
}

freshet::LocalTarget WriteManifest::output() const {
    return freshet::LocalTarget(store().manifest(canonical_leads()));
}

void WriteManifest::run() const {
    auto manifest = freshet::Json::object();
    manifest["dataset"] = store().dataset();
    manifest["cycle"] = freshet::Codec<Cycle>::write(cycle);
    manifest["revision"] = revision;
    manifest["product"] = product;
    manifest["variables"] = variables;
    if (levels != Levels{}) manifest["levels"] = levels.text();
    if (area) manifest["area"] = area->text();
    manifest["enhanced"] = enhance;
    manifest["leads"] = canonical_leads();
    auto files = freshet::Json::array();
    for (const ConvertLead& lead : requirements()) {
        const auto path = lead.output().path();
        auto file = freshet::Json::object();
        file["name"] = path.filename().string();
        file["lead"] = lead.lead;
        file["bytes"] = std::filesystem::file_size(path);
        file["sha256"] = lead.output().sha256();
        const auto notes = notes_of(store(), lead.lead);
        if (const auto* checked = notes.find("checks")) file["checks"] = *checked;
        files.push_back(std::move(file));
    }
    manifest["files"] = std::move(files);
    output().write(manifest.pretty());
}

}  // namespace gfs
