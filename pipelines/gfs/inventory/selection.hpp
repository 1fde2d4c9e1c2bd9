// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "inventory/level_selection.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// What entries must look like; in each part '*' stands for any text.
struct Pattern {
    std::string name = "*";
    LevelPattern level = {};
    std::string statistic = "*";  ///< instant, acc, ave, max or min

    /// "UGRD:10 m above ground", "APCP:surface:acc": name, level and statistic; what is left out may be anything.
    /// Throws ParameterError, quoting `text`, when it is not like that.
    static Pattern parse(std::string_view text);
    /// What parse() reads again as the same value.
    std::string text() const;
    bool matches(const Entry& entry) const;

    friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// Which fields of a file are wanted: those that match one of the patterns and lie on one of the levels.
class Selection {
public:
    explicit Selection(std::vector<Pattern> patterns, Levels levels = {})
        : patterns_(std::move(patterns)), levels_(std::move(levels)) {}
    /// "portal", "all", or patterns with ';' between them; throws ParameterError for anything else.
    static Selection parse(std::string_view text, Levels levels = {});
    /// The text for parse() of a file with one pattern a line; what follows a '#' is a comment. It is the same for
    /// files that differ in order, comments and blanks only. Throws ParameterError, naming file and line, for a bad
    /// line.
    static std::string read_file(const std::filesystem::path& path);

    /// In the order of the inventory; textually identical entries are all kept.
    std::vector<Entry> select(const Inventory& inventory) const;
    bool matches(const Entry& entry) const;
    /// Of those, sums over time; the duration of sunshine is one, whatever its label says.
    std::vector<Entry> select_accumulations(const Inventory& inventory) const;
    /// Texts of the patterns that match no entry.
    std::vector<std::string> unmatched_patterns(const Inventory& inventory) const;

private:
    std::vector<Pattern> patterns_;
    Levels levels_;
};

/// The 43 quantities that weather portals show: 54 messages of a forecast, 31 of an analysis.
std::vector<Pattern> portal_patterns();

}  // namespace gfs
