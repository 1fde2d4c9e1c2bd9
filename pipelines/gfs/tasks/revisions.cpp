// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"

#include "inventory/product_layout.hpp"
#include "tasks/provenance.hpp"

#include "freshet/file.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <tuple>

namespace gfs {

namespace {

namespace files = std::filesystem;

/// Returns the numbers of the folders r1, r2, ... of a cycle.
std::vector<int> revisions_of(const CyclePaths& paths) {
    std::vector<int> found;
    std::error_code absent;
    for (const auto& entry : files::directory_iterator(paths.cycle_folder(), absent)) {
        const auto number = revision_of_folder(entry.path());
        if (number && entry.is_directory(absent)) found.push_back(*number);
    }
    return found;
}

/// Returns a key by which revisions like "2026-08-21T06/r12" sort: the cycle's text, then the revision's number.
std::pair<std::string, int> sort_key(const std::filesystem::path& revision) {
    return {revision.parent_path().string(), revision_of_folder(revision).value_or(0)};
}

/// Returns true when the revision has more than the links that a killed run leaves.
bool is_opened(const files::path& revision) {
    return std::ranges::any_of(files::directory_iterator(revision), [](const auto& entry) {
        const std::string name = entry.path().filename().string();
        return name.ends_with(".revision.json") || name.ends_with(".manifest.json") || name.ends_with(".event.json");
    });
}

void link(const files::path& from, const files::path& to) {
    std::error_code error;
    files::create_hard_link(from, to, error);
    if (error) files::copy_file(from, to);  // the filesystem has no hard links
}

/// Replaces a symbolic link in one step. The caller holds a lock.
void replace_link(const files::path& link, const files::path& target) {
    const auto temporary = link.parent_path() / fmt::format(".{}.new", link.filename().string());
    unlink(temporary.c_str());  // left by a process that was killed holding the lock
    if (symlink(target.c_str(), temporary.c_str()) != 0 || rename(temporary.c_str(), link.c_str()) != 0)
        freshet::throw_system_error("update link", link, errno);
}

/// Returns the number of leads of a file over a cycle, 0 for a file of another name.
std::size_t lead_count(const CyclePaths& paths, const std::string& file, std::string_view ending,
                       const Product& product) {
    const std::string prefix = paths.cycle_link("").filename().string(), suffix = fmt::format(".{}", ending);
    if (file.size() <= prefix.size() + suffix.size() || !file.starts_with(prefix) || !file.ends_with(suffix)) return 0;
    const std::string leads = file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
    return Leads::parse(leads).hours(product).size();
}

}  // namespace

int newest_revision(const CyclePaths& paths, std::string_view leads) {
    int newest = 1;
    for (const int revision : revisions_of(paths)) {
        const CyclePaths at = paths.with_revision(revision);
        if (files::exists(at.revision_record(leads)) || files::exists(at.event(leads)))
            newest = std::max(newest, revision);
    }
    return newest;
}

int next_revision(const CyclePaths& paths) {
    int last = 1;
    for (const int revision : revisions_of(paths))
        if (is_opened(paths.with_revision(revision).folder())) last = std::max(last, revision);
    return last + 1;
}

RevisionRecord RevisionRecord::parse(std::string_view text) {
    const auto json = freshet::Json::parse(text);
    return {.revision = static_cast<int>(json.at("revision").as_integer()),
            .supersedes = static_cast<int>(json.at("supersedes").as_integer()),
            .changed = json.at("changed").as_string()};
}

std::string RevisionRecord::text() const {
    return freshet::Json(
               freshet::Json::Object{{"revision", revision}, {"supersedes", supersedes}, {"changed", changed}})
        .pretty();
}

freshet::LocalTarget OpenRevision::output() const {
    return freshet::LocalTarget(paths().revision_record(WriteManifest{*this, leads}.canonical_leads()));
}

void OpenRevision::run(freshet::Context& context) const {
    const Product& product_info = find_product(product);
    const auto replaced = changed.hours(product_info);
    const CyclePaths superseded = paths().with_revision(supersedes);
    context.add_metadata(taken_over_key, supersedes);
    int linked = 0;
    for (const int lead : leads.hours(product_info)) {
        const auto old_file = superseded.netcdf(lead), new_file = paths().netcdf(lead);
        const bool is_replaced = std::ranges::binary_search(replaced, lead);
        // A killed run may have linked a lead that was replaced since.
        if (is_replaced && files::exists(new_file) && files::equivalent(old_file, new_file)) files::remove(new_file);
        if (is_replaced || files::exists(new_file)) continue;
        freshet::LocalTarget(new_file).create([&](const files::path& temporary) { link(old_file, temporary); });
        ++linked;
    }
    output().write(RevisionRecord{.revision = revision, .supersedes = supersedes, .changed = changed.text()}.text());
    context.log(fmt::format("revision {}: {} leads linked from revision {}, {} to convert again", revision, linked,
                            supersedes, replaced.size()));
}

void update_cycle_links(const CyclePaths& paths, std::string_view leads, const Product& product) {
    const auto lock = freshet::FileLock::acquire(paths.dataset_folder() / ".");
    for (const std::string_view ending : cycle_file_endings) {
        std::error_code none;
        const std::string current = files::read_symlink(paths.cycle_link(ending), none).string();
        const std::string file = paths.cycle_file(leads, ending).filename().string();
        const auto count = [&](const std::string& name) { return lead_count(paths, name, ending, product); };
        if (current != file && count(current) <= count(file)) replace_link(paths.cycle_link(ending), file);
    }
    freshet::sync_path(paths.folder());
}

void update_latest_link(const std::filesystem::path& folder, const std::filesystem::path& revision,
                        std::string_view mapfile) {
    const auto lock = freshet::FileLock::acquire(folder / ".");  // "." makes a missing folder an error
    const auto link = folder / "latest";
    std::error_code none;
    const auto current = std::filesystem::read_symlink(link, none);
    if (!none && sort_key(current) > sort_key(revision)) return;
    if (current != revision) replace_link(link, revision);
    freshet::write_file_atomically(folder / "latest.map", mapfile);  // syncs the folder with both names
}

}  // namespace gfs
