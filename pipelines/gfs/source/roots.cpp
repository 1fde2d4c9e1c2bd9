// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/roots.hpp"

#include "source/words.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace gfs {
namespace {

std::string known_names() {
    std::string names;
    for (const auto& root : known_roots()) names += (names.empty() ? "" : ", ") + std::string(root.name);
    return names;
}

Root root_from(std::string_view word) {
    Root root = root_at(word);
    if (root.known != nullptr) return root;
    // A slip in a name would otherwise be taken for a folder that never gets the file.
    const bool may_be_folder = (word.find('/') != std::string_view::npos && word.find("://") == std::string_view::npos) || std::filesystem::is_directory(word);
    if (!root.is_folder() || may_be_folder) return root;
    throw freshet::ParameterError(
        fmt::format("'{}' is no source: it is neither one of {}, nor a URL, nor a folder", word, known_names()));
}

std::string in_days(std::chrono::hours time) {
    return time < std::chrono::hours(48) ? fmt::format("{} hours", time.count())
                                         : fmt::format("{} days", time.count() / 24);
}

}  // namespace

std::string Root::host() const {
    if (is_folder()) return {};
    const auto begin = address.find("//") + 2;
    return address.substr(begin, address.find('/', begin) - begin);
}

Root root_at(std::string_view name_or_address) {
    if (const auto* known = find_known_root(name_or_address)) {
        return {.name = std::string(known->name), .address = std::string(known->address), .known = known};
    }
    return {.name = std::string(name_or_address), .address = std::string(name_or_address)};
}

std::vector<Root> parse_roots(std::string_view text) {
    std::vector<Root> roots;
    for (const auto word : split(text, ','))
        if (!word.empty()) roots.push_back(root_from(word));
    if (roots.empty()) throw freshet::ParameterError(fmt::format("'{}' names no source", text));
    return roots;
}

std::string why_not_kept(const Root& root, Place place, Cycle cycle, freshet::Time now) {
    if (root.known == nullptr) return {};
    const auto& known = *root.known;
    if (cycle < known.since) return fmt::format("it holds nothing older than {:%Y-%m-%d}", known.since);
    const auto age = now - cycle;
    if (known.keeps.count() > 0 && age > known.keeps)
        return fmt::format("it keeps cycles for {}", in_days(known.keeps));
    if (place == Place::fallback && known.as_fallback.count() > 0 && age > known.as_fallback) {
        return fmt::format("it is asked after others only for cycles of the last {}", in_days(known.as_fallback));
    }
    return {};
}

}  // namespace gfs
