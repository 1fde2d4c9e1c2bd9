// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_paths.hpp"

#include "inventory/product_layout.hpp"
#include "tasks/cycle_parameters.hpp"

#include "freshet/codec.hpp"
#include "freshet/digest.hpp"

#include <fmt/format.h>

#include <charconv>

namespace gfs {

std::string dataset_name(std::string_view product, std::string_view selection, std::string_view chosen,
                         const std::optional<EnsembleMember>& member) {
    const std::string end = member ? "." + member->text() : "";
    if (!chosen.empty()) return std::string(chosen) + end;
    const std::string name = std::string(find_product(product).dataset) + end;
    if (selection == "portal") return name;
    if (selection == "all") return name + ".all";
    // The digest keeps different selections in different datasets.
    return fmt::format("{}.{}", name, freshet::sha256(selection).substr(0, 8));
}

std::optional<Cycle> cycle_of_folder(const std::filesystem::path& folder) try {
    return freshet::Codec<Cycle>::read(folder.filename().string());
} catch (const freshet::ParameterError&) {
    return std::nullopt;
}

std::optional<int> revision_of_folder(const std::filesystem::path& folder) {
    const std::string name = folder.filename().string();
    int number = 0;
    const char* const end = name.data() + name.size();
    const bool is_revision = name.size() > 1 && name.front() == 'r' && name[1] >= '0' && name[1] <= '9' &&
                             std::from_chars(name.data() + 1, end, number) == std::from_chars_result{end, std::errc()};
    return is_revision ? std::optional(number) : std::nullopt;
}

std::map<Cycle, std::filesystem::path> cycle_folders(const std::filesystem::path& dataset_folder) {
    std::map<Cycle, std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(dataset_folder))
        if (const auto cycle = cycle_of_folder(entry.path()); cycle && entry.is_directory() && !entry.is_symlink())
            folders.emplace(*cycle, entry.path());
    return folders;
}

std::string CycleParameters::selection() const {
    std::string storage = chunks == Chunks::map ? "" : "|" + freshet::Codec<Chunks>::write(chunks);
    if (precision != Precision::exact) storage += "|" + freshet::Codec<Precision>::write(precision);
    if (levels == Levels{} && !area && enhance && storage.empty()) return variables;
    return variables + "|" + levels.text() + "|" + (area ? area->text() : "") + (enhance ? "" : "|not enhanced") +
           storage;
}

CyclePaths CycleParameters::paths() const {
    return {root, dataset_name(product, selection(), dataset, member), cycle, revision};
}

CyclePaths::CyclePaths(std::filesystem::path root, std::string dataset, Cycle cycle, int revision)
    : root_(std::move(root)), dataset_(std::move(dataset)), cycle_(cycle), revision_(revision) {}

std::filesystem::path CyclePaths::revision_name() const {
    return std::filesystem::path(freshet::Codec<Cycle>::write(cycle_)) / fmt::format("r{}", revision_);
}

std::filesystem::path CyclePaths::cycle_link(std::string_view ending) const {
    return folder() / fmt::format("{}.{}.{}", dataset_, freshet::Codec<Cycle>::write(cycle_), ending);
}

std::filesystem::path CyclePaths::milestone(std::string_view part, std::string_view leads) const {
    return folder() / file_name(fmt::format("{}.{}", part, leads), "partial.json");
}

std::string CyclePaths::file_name(std::string_view part_name, std::string_view suffix) const {
    return fmt::format("{}.{}.{}.{}", dataset_, freshet::Codec<Cycle>::write(cycle_), part_name, suffix);
}

std::string CyclePaths::lead_file_name(int lead, std::string_view suffix) const {
    return file_name(fmt::format("f{:03}", lead), suffix);
}

}  // namespace gfs
