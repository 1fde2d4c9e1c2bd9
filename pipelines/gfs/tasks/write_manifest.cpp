// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/layout.hpp"
#include "tasks/cycle_tasks.hpp"

#include "freshet/digest.hpp"
#include "freshet/json.hpp"

namespace gfs {

namespace {

/// What equal wishes have in common, whatever way they were written.
std::string canonical(const Leads& leads, const Product& product) {
    return Leads::of_hours(leads.of(product), product).text();
}

}  // namespace

std::vector<int> WriteManifest::hours() const { return leads.of(find_product(product)); }

std::vector<ConvertLead> WriteManifest::requirements() const {
    std::vector<ConvertLead> files;
    for (const int lead : hours())
        files.push_back({.cycle = cycle, .lead = lead, .product = product, .variables = variables, .source = source,
                         .root = root, .dataset = dataset, .revision = revision});
    return files;
}

freshet::LocalTarget WriteManifest::output() const {
    return freshet::LocalTarget(store().manifest(canonical(leads, find_product(product))));
}

void WriteManifest::run() const {
    auto manifest = freshet::Json::object();
    manifest["dataset"] = store().dataset();
    manifest["cycle"] = freshet::Codec<Cycle>::write(cycle);
    manifest["revision"] = revision;
    manifest["product"] = product;
    manifest["variables"] = variables;
    manifest["leads"] = canonical(leads, find_product(product));
    auto files = freshet::Json::array();
    for (const ConvertLead& lead : requirements()) {
        const auto path = lead.output().path();
        auto file = freshet::Json::object();
        file["name"] = path.filename().string();
        file["lead"] = lead.lead;
        file["bytes"] = std::filesystem::file_size(path);
        file["sha256"] = lead.output().sha256();
        files.push_back(std::move(file));
    }
    manifest["files"] = std::move(files);
    output().write(manifest.pretty());
}

}  // namespace gfs
