// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_parameters.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace gfs {

namespace {

namespace files = std::filesystem;
using freshet::Json;

constexpr std::string_view selection_members[] = {"product", "member",   "variables", "levels",
                                                  "area",    "enhanced", "chunks",    "precision"};

files::path record_path(const CycleParameters& parameters) {
    return parameters.paths().dataset_folder() / selection_record_name;
}

/// Returns the manifest of the newest cycle, which a store has that was made before datasets had a record.
std::optional<Json> newest_manifest(const files::path& dataset_folder) {
    std::error_code absent;
    for (const auto& entry : files::directory_iterator(dataset_folder / "latest", absent))
        if (entry.path().filename().string().ends_with(".manifest.json"))
            return Json::parse(freshet::read_file(entry.path()));
    return std::nullopt;
}

std::optional<Json> recorded_selection(const CycleParameters& parameters) {
    const auto file = record_path(parameters);
    if (files::exists(file)) return Json::parse(freshet::read_file(file));
    return newest_manifest(file.parent_path());
}

std::string value_text(const Json& record, std::string_view member) {
    constexpr std::size_t longest = 60;  // a list of variables fills a screen
    const Json* value = record.find(member);
    if (value == nullptr) return fmt::format("no {}", member);
    const std::string text = value->is_string() ? value->as_string() : value->text();
    return fmt::format("{} '{}'", member, freshet::shortened(text, longest));
}

std::string conflict_between(const CycleParameters& parameters, const Json& recorded) {
    const Json own = parameters.selection_record();
    std::vector<std::string> theirs, ours;
    for (const std::string_view member : selection_members) {
        const std::string there = value_text(recorded, member), here = value_text(own, member);
        const Json *a = recorded.find(member), *b = own.find(member);
        if ((a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b)) continue;
        theirs.push_back(there);
        ours.push_back(here);
    }
    if (ours.empty()) return {};
    return fmt::format("'{}' in '{}' has {}, this has {}; choose another name for it", parameters.paths().dataset(),
                       parameters.root.string(), freshet::joined(theirs, ", "), freshet::joined(ours, ", "));
}

}  // namespace

freshet::Json::Object CycleParameters::selection_record() const {
    Json::Object record{{"product", product}};
    if (member) record.emplace_back("member", member->text());
    record.emplace_back("variables", variables);
    if (levels != Levels{}) record.emplace_back("levels", levels.text());
    if (area) record.emplace_back("area", area->text());
    record.emplace_back("enhanced", enhance);
    if (chunks != Chunks::map) record.emplace_back("chunks", freshet::Codec<Chunks>::write(chunks));
    if (precision != Precision::exact) record.emplace_back("precision", freshet::Codec<Precision>::write(precision));
    return record;
}

std::string dataset_conflict(const CycleParameters& parameters) {
    const auto recorded = recorded_selection(parameters);
    return recorded ? conflict_between(parameters, *recorded) : "";
}

void claim_dataset(const CycleParameters& parameters) {
    const auto file = record_path(parameters);
    std::optional<freshet::FileLock> lock;
    if (!files::exists(file)) {
        freshet::create_folders(file.parent_path());
        lock = freshet::FileLock::acquire(file.parent_path() / ".");
    }
    if (const std::string conflict = dataset_conflict(parameters); !conflict.empty())
        throw freshet::Error(fmt::format("use dataset {}", conflict));
    if (lock && !files::exists(file))
        freshet::write_file_atomically(file, Json(parameters.selection_record()).pretty());
}

}  // namespace gfs
