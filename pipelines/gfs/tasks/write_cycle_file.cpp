// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "netcdf/cycle_file.hpp"
#include "tasks/cycle_tasks.hpp"

namespace gfs {

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

}  // namespace gfs
