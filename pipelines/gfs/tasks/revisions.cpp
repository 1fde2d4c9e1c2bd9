// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"

#include "source/layout.hpp"
#include "tasks/lead_notes.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace gfs {

namespace {

namespace files = std::filesystem;

/// The numbers of the folders r1, r2, ... of a cycle.
std::vector<int> revisions_of(const Store& store) {
    std::vector<int> found;
    std::error_code absent;
    for (const auto& entry : files::directory_iterator(store.cycle_folder(), absent)) {
        const std::string name = entry.path().filename().string();
        int number = 0;
        const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
        if (name.starts_with('r') && error == std::errc() && end == name.data() + name.size()) found.push_back(number);
    }
    return found;
}

/// Somebody has begun it, or finished it: not only the links of a run that was killed are there.
bool was_begun(const files::path& revision) {
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

}  // namespace

int newest_revision(const Store& store, std::string_view leads) {
    int newest = 1;
    for (const int revision : revisions_of(store)) {
        const Store at = store.with_revision(revision);
        if (files::exists(at.opening(leads)) || files::exists(at.event(leads))) newest = std::max(newest, revision);
    }
    return newest;
}

int next_revision(const Store& store) {
    int last = 1;
    for (const int revision : revisions_of(store))
        if (was_begun(store.with_revision(revision).folder())) last = std::max(last, revision);
    return last + 1;
}

Opening Opening::parse(std::string_view text) {
    const auto json = freshet::Json::parse(text);
    return {.revision = static_cast<int>(json.at("revision").as_integer()),
            .supersedes = static_cast<int>(json.at("supersedes").as_integer()),
            .changed = json.at("changed").as_string()};
}

std::string Opening::text() const {
    return freshet::Json(freshet::Json::Object{{"revision", revision}, {"supersedes", supersedes}, {"changed", changed}}).pretty();
}

freshet::LocalTarget OpenRevision::output() const {
    return freshet::LocalTarget(store().opening(WriteManifest{*this, leads}.canonical_leads()));
}

void OpenRevision::run(freshet::Context& context) const {
    const Product& files_of = find_product(product);
    const auto replaced = changed.of(files_of);
    const Store before = store().with_revision(supersedes);
    context.note(taken_over_note, supersedes);
    int taken_over = 0;
    for (const int lead : leads.of(files_of)) {
        const auto old = before.netcdf(lead), here = store().netcdf(lead);
        const bool is_replaced = std::ranges::binary_search(replaced, lead);
        // A run that was killed may have taken over what has been replaced since.
        if (is_replaced && files::exists(here) && files::equivalent(old, here)) files::remove(here);
        if (is_replaced || files::exists(here)) continue;
        freshet::LocalTarget(here).create([&](const files::path& temporary) { link(old, temporary); });
        ++taken_over;
    }
    output().write(Opening{.revision = revision, .supersedes = supersedes, .changed = changed.text()}.text());
    context.log(fmt::format("revision {}: {} leads taken over from revision {}, {} to be made anew", revision, taken_over,
                            supersedes, replaced.size()));
}

}  // namespace gfs
