// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/dataset_folder.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

namespace files = std::filesystem;
using freshet::Json;

constexpr std::string_view manifest_suffix = ".manifest.json", event_suffix = ".event.json";

void read_manifest(const files::path& file, Publication& publication) try {
    publication.manifest = Json::parse(freshet::read_file(file));
    publication.damage.clear();
} catch (const freshet::Error& error) {
    publication.damage = error.what();
}

}  // namespace

DatasetFolder::DatasetFolder(files::path folder)
    : folder_(std::move(folder)), root_(folder_.parent_path()), name_(folder_.filename().string()) {
    for (const auto& [cycle, unused] : cycle_folders(folder_)) read_cycle(cycle);
}

std::string DatasetFolder::product() const {
    if (const files::path record = folder_ / selection_record_name; files::exists(record))
        return freshet::Json::parse(freshet::read_file(record)).at("product").as_string();
    for (auto cycle = cycles_.rbegin(); cycle != cycles_.rend(); ++cycle)
        for (const Publication& publication : cycle->second.publications)
            if (publication.manifest) return publication.manifest->at("product").as_string();
    return "pgrb2.0p25";
}

bool DatasetFolder::has_lead(Cycle cycle, int lead) const {
    const auto found = cycles_.find(cycle);
    return found != cycles_.end() && std::ranges::any_of(found->second.revisions, [&](int revision) {
               return files::exists(paths(cycle, revision).netcdf(lead));
           });
}

std::set<Cycle> DatasetFolder::removed_cycles() const {
    std::set<Cycle> removed;
    if (!files::exists(folder_ / "removed.jsonl")) return removed;
    for (const std::string& line : freshet::split(freshet::read_file(folder_ / "removed.jsonl"), '\n')) {
        if (!line.ends_with('}')) continue;  // torn by a crash, or empty after the last newline
        removed.insert(freshet::Codec<Cycle>::read(Json::parse(line).at("cycle").as_string()));
    }
    return removed;
}

void DatasetFolder::read_cycle(Cycle cycle) {
    const files::path folder = paths(cycle, 1).cycle_folder();
    CycleFolder found;
    try {
        for (const auto& entry : files::directory_iterator(folder))
            if (const auto revision = revision_of_folder(entry.path())) {
                found.revisions.push_back(*revision);
                read_revision(entry.path(), fmt::format("{}.{}.", name_, folder.filename().string()), found);
            }
    } catch (const files::filesystem_error&) {
        if (files::exists(folder)) throw;
        return;  // retention has renamed it
    }
    cycles_.emplace(cycle, std::move(found));
}

void DatasetFolder::read_revision(const files::path& folder, std::string_view prefix, CycleFolder& found) {
    std::map<std::string, Publication> publications;
    for (const auto& entry : files::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        const bool is_manifest = file.ends_with(manifest_suffix);
        if (!file.starts_with(prefix) || !(is_manifest || file.ends_with(event_suffix))) continue;
        const std::size_t suffix = is_manifest ? manifest_suffix.size() : event_suffix.size();
        const std::string leads = file.substr(prefix.size(), file.size() - prefix.size() - suffix);
        Publication& publication = publications[leads];
        publication.revision = found.revisions.back();
        publication.leads = leads;
        if (is_manifest)
            read_manifest(entry.path(), publication);
        else
            publication.is_announced = true;
    }
    for (auto& [leads, publication] : publications) found.publications.push_back(std::move(publication));
}

std::vector<std::string> datasets_of(const files::path& root) {
    std::vector<std::string> names;
    for (const auto& entry : files::directory_iterator(root)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') || entry.is_symlink() || !entry.is_directory()) continue;
        const bool has_cycle = std::ranges::any_of(files::directory_iterator(entry.path()), [](const auto& inner) {
            return cycle_of_folder(inner.path()).has_value();
        });
        if (has_cycle || files::exists(entry.path() / "removed.jsonl")) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace gfs
