// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/selection.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

constexpr Pattern everything[] = {{}};

/// Whether `text` is `pattern`, in which each '*' stands for any text.
bool matches_glob(std::string_view text, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    const auto rest = pattern.substr(star + 1);
    for (std::size_t skip = star; skip <= text.size(); ++skip) {
        if (matches_glob(text.substr(skip), rest)) return true;
    }
    return false;
}

}  // namespace

bool Pattern::matches(const Entry& entry) const {
    return matches_glob(entry.name, name) && matches_glob(entry.level, level) &&
           matches_glob(gfs::statistic(entry), statistic);
}

Selection Selection::named(std::string_view name) {
    if (name == "portal") return Selection(portal_patterns());
    if (name == "all") return Selection(everything);
    throw freshet::ParameterError(
        fmt::format("there is no selection of variables named '{}'; it is 'portal' or 'all'", name));
}

std::vector<Entry> Selection::of(const Inventory& inventory) const {
    std::vector<Entry> wanted;
    std::ranges::copy_if(inventory.entries(), std::back_inserter(wanted), [this](const Entry& e) { return wants(e); });
    return wanted;
}

bool Selection::wants(const Entry& entry) const {
    return std::ranges::any_of(patterns_, [&entry](const Pattern& pattern) { return pattern.matches(entry); });
}

}  // namespace gfs
