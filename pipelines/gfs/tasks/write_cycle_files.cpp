// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "netcdf/cycle_file.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/provenance.hpp"

#include "freshet/digest.hpp"
#include "freshet/json.hpp"

namespace gfs {

namespace {

freshet::Json describe_file(const freshet::LocalTarget& file) {
    return freshet::Json::Object{{"name", file.path().filename().string()},
                                 {"bytes", std::filesystem::file_size(file.path())},
                                 {"sha256", file.sha256()}};
}

}  // namespace

std::vector<ConvertLead> WriteCycleFile::requirements() const {
    std::vector<ConvertLead> files;
    for (const int lead : leads.hours(find_product(product))) files.push_back({*this, lead});
    return files;
}

freshet::LocalTarget WriteCycleFile::output() const {
    return freshet::LocalTarget(paths().cycle_file(WriteManifest{*this, leads}.canonical_leads()));
}

void WriteCycleFile::run(freshet::Context& context) const {
    std::vector<std::filesystem::path> files;
    for (const ConvertLead& lead : requirements()) files.push_back(lead.output().path());
    const std::string name = output().path().stem().string();
    output().create([&](const std::filesystem::path& temporary) {
        for (const std::string& left_out : write_cycle_file({.netcdf = temporary, .leads = files, .id = name}))
            context.warn("left out of the file of the cycle: " + left_out);
    });
}

std::string WriteManifest::canonical_leads() const {
    const Product& product_info = find_product(product);
    return Leads::from_hours(leads.hours(product_info), product_info).text();
}

freshet::LocalTarget WriteManifest::output() const { return freshet::LocalTarget(paths().manifest(canonical_leads())); }

void WriteManifest::run() const {
    claim_dataset(*this);
    const auto [cycle_file, leads_files] = requirements();
    auto manifest = freshet::Json::object();
    manifest["dataset"] = paths().dataset();
    manifest["cycle"] = freshet::Codec<Cycle>::write(cycle);
    manifest["revision"] = revision;
    for (auto& [name, value] : selection_record()) manifest[name] = value;
    manifest["leads"] = canonical_leads();
    auto files = freshet::Json::array();
    for (const ConvertLead& lead : leads_files) {
        auto file = describe_file(lead.output());
        file["lead"] = lead.lead;
        const auto provenance = lead_provenance(paths(), lead.lead);
        if (const auto* checked = provenance.find("checks")) file["checks"] = *checked;
        if (const auto* unmatched = provenance.find(unmatched_key)) file["unmatched"] = *unmatched;
        files.push_back(std::move(file));
    }
    manifest["files"] = std::move(files);
    manifest["cycle_file"] = describe_file(cycle_file.output());
    output().write(manifest.pretty());
}

}  // namespace gfs
