// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/provenance.hpp"

#include "freshet/digest.hpp"
#include "freshet/json.hpp"

namespace gfs {

std::string WriteManifest::canonical_leads() const {
    const Product& product_info = find_product(product);
    return Leads::from_hours(leads.hours(product_info), product_info).text();
}

std::vector<ConvertLead> WriteManifest::requirements() const {
    std::vector<ConvertLead> files;
    for (const int lead : leads.hours(find_product(product))) files.push_back({*this, lead});
    return files;
}

freshet::LocalTarget WriteManifest::output() const { return freshet::LocalTarget(paths().manifest(canonical_leads())); }

void WriteManifest::run() const {
    auto manifest = freshet::Json::object();
    manifest["dataset"] = paths().dataset();
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
        const auto provenance = lead_provenance(paths(), lead.lead);
        if (const auto* checked = provenance.find("checks")) file["checks"] = *checked;
        if (const auto* unmatched = provenance.find(unmatched_key)) file["unmatched"] = *unmatched;
        files.push_back(std::move(file));
    }
    manifest["files"] = std::move(files);
    output().write(manifest.pretty());
}

}  // namespace gfs
