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

std::tuple<freshet::LocalTarget, freshet::LocalTarget, freshet::LocalTarget> WriteCycleFile::output() const {
    const std::string all = WriteManifest{*this, leads}.canonical_leads();
    const auto [netcdf, references, ncml] = cycle_file_endings;
    return {freshet::LocalTarget(paths().cycle_file(all, netcdf)),
            freshet::LocalTarget(paths().cycle_file(all, references)),
            freshet::LocalTarget(paths().cycle_file(all, ncml))};
}

void WriteCycleFile::run(freshet::Context& context) const {
    std::vector<std::filesystem::path> files;
    for (const freshet::LocalTarget& lead : freshet::inputs(*this)) files.push_back(lead.path());
    const auto [netcdf, references, ncml] = output();
    const CycleContent content = read_cycle_content(files);
    for (const std::string& left_out : content.left_out) context.warn("left out of the file of the cycle: " + left_out);
    const std::string id = netcdf.path().stem().string();
    netcdf.create([&, &references = references, &ncml = ncml](const std::filesystem::path& temporary) {
        const CycleFileRequest request{.netcdf = temporary, .leads = files, .id = id};
        write_cycle_file(request, content);
        references.write(cycle_references(request, content));
        const CycleNcml document = cycle_ncml(request, content);
        ncml.write(document.text);
        for (const std::string& left_out : document.left_out)
            context.warn("left out of the NcML of the cycle: " + left_out);
    });
}

std::string WriteManifest::canonical_leads() const {
    const Product& product_info = find_product(product);
    return Leads::from_hours(leads.hours(product_info), product_info).text();
}

freshet::LocalTarget WriteManifest::output() const { return freshet::LocalTarget(paths().manifest(canonical_leads())); }

void WriteManifest::run() const {
    claim_dataset(*this);
    const auto [cycle_files, leads_files] = requirements();
    const auto [netcdf, references, ncml] = freshet::outputs(cycle_files);
    auto manifest = freshet::Json::object();
    manifest["dataset"] = paths().dataset();
    manifest["cycle"] = freshet::Codec<Cycle>::write(cycle);
    manifest["revision"] = revision;
    for (auto& [name, value] : selection_record()) manifest[name] = value;
    manifest["leads"] = canonical_leads();
    auto files = freshet::Json::array();
    for (const ConvertLead& lead : leads_files) {
        auto file = describe_file(freshet::outputs(lead));
        file["lead"] = lead.lead;
        const auto provenance = lead_provenance(paths(), lead.lead);
        if (const auto* checked = provenance.find("checks")) file["checks"] = *checked;
        if (const auto* unmatched = provenance.find(unmatched_key)) file["unmatched"] = *unmatched;
        files.push_back(std::move(file));
    }
    manifest["files"] = std::move(files);
    const freshet::LocalTarget over_cycle[] = {netcdf, references, ncml};
    for (std::size_t i = 0; i < std::size(over_cycle); ++i)
        manifest[std::string(files_over_cycle[i])] = describe_file(over_cycle[i]);
    output().write(manifest.pretty());
}

}  // namespace gfs
