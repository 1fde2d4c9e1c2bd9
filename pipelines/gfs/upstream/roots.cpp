// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/roots.hpp"

#include "upstream/words.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace gfs {
namespace {

std::string known_mirror_names() {
    std::string names;
    for (const auto& mirror : known_mirrors()) names += (names.empty() ? "" : ", ") + std::string(mirror.name);
    return names;
}

Mirror parse_mirror(std::string_view word) {
    Mirror mirror = mirror_at(word);
    if (mirror.known != nullptr) return mirror;
    // A slip in a name would otherwise be taken for a folder that never gets the file.
    const bool may_be_folder =
        (word.find('/') != std::string_view::npos && word.find("://") == std::string_view::npos) ||
        std::filesystem::is_directory(word);
    if (!mirror.is_folder() || may_be_folder) return mirror;
    throw freshet::ParameterError(
        fmt::format("'{}' is no source: it is neither one of {}, nor a URL, nor a folder", word, known_mirror_names()));
}

std::string duration_text(std::chrono::hours time) {
    return time < std::chrono::hours(48) ? fmt::format("{} hours", time.count())
                                         : fmt::format("{} days", time.count() / 24);
}

}  // namespace

std::string Mirror::host() const {
    if (is_folder()) return {};
    const auto begin = address.find("//") + 2;
    return address.substr(begin, address.find('/', begin) - begin);
}

Mirror mirror_at(std::string_view name_or_address) {
    if (const auto* known = find_known_mirror(name_or_address)) {
        return {.name = std::string(known->name), .address = std::string(known->address), .known = known};
    }
    return {.name = std::string(name_or_address), .address = std::string(name_or_address)};
}

std::vector<Mirror> parse_mirrors(std::string_view text) {
    std::vector<Mirror> mirrors;
    for (const auto word : split(text, ','))
        if (!word.empty()) mirrors.push_back(parse_mirror(word));
    if (mirrors.empty()) throw freshet::ParameterError(fmt::format("'{}' names no source", text));
    return mirrors;
}

std::string unavailable_reason(const Mirror& mirror, MirrorRole role, Cycle cycle, freshet::Time now) {
    if (mirror.known == nullptr) return {};
    const auto& known = *mirror.known;
    if (cycle < known.first_day) return fmt::format("it holds nothing older than {:%Y-%m-%d}", known.first_day);
    const auto age = now - cycle;
    if (known.retention.count() > 0 && age > known.retention)
        return fmt::format("it keeps cycles for {}", duration_text(known.retention));
    if (role == MirrorRole::fallback && known.max_fallback_age.count() > 0 && age > known.max_fallback_age) {
        return fmt::format("it is asked after others only for cycles of the last {}",
                           duration_text(known.max_fallback_age));
    }
    return {};
}

}  // namespace gfs
