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

/// A pattern of inventory entries; in each part '*' matches any text.
struct Pattern {
    std::string name = "*";
    LevelPattern level = {};
    std::string statistic = "*";  ///< instant, acc, ave, max or min

    /// Parses "UGRD:10 m above ground" or "APCP:surface:acc": name, level and statistic; omitted parts match anything.
    /// Throws ParameterError, quoting `text`.
    static Pattern parse(std::string_view text);
    /// Returns text that parse() reads as the same value.
    std::string text() const;
    /// Former and present names of a renamed parameter match alike: CLWMR and CLMR.
    bool matches(const Entry& entry) const;
    bool matches_name(std::string_view inventory_name) const;

    friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// The fields to take from a file: those that match one of the patterns and are on one of the levels.
class Selection {
public:
    explicit Selection(std::vector<Pattern> patterns, Levels levels = {})
        : patterns_(std::move(patterns)), levels_(std::move(levels)) {}
    /// Parses "portal", "all", or patterns separated by ';'. Throws ParameterError for anything else.
    static Selection parse(std::string_view text, Levels levels = {});
    /// Reads a file with one pattern a line and comments after '#', and returns the canonical text for parse(): equal
    /// for files that differ in order, comments and blanks only. Throws ParameterError, naming file and line.
    static std::string read_file(const std::filesystem::path& path);

    /// Returns the selected entries in the order of the inventory, repeated ones included.
    std::vector<Entry> select(const Inventory& inventory) const;
    bool matches(const Entry& entry) const;
    /// Returns the selected accumulations; the sunshine duration is one although its label says instant.
    std::vector<Entry> select_accumulations(const Inventory& inventory) const;
    /// Returns the patterns that match no entry on any level.
    std::vector<Pattern> unmatched_patterns(const Inventory& inventory) const;
    /// Returns a pattern of any field for each of the levels that has no entry.
    std::vector<Pattern> unmatched_levels(const Inventory& inventory) const;

private:
    std::vector<Pattern> patterns_;
    Levels levels_;
};

/// Returns true for a pattern of a parameter of the GFS, and for one of any field of an interval, or on a level of its
/// forecasts alone. Files of lead 0 lack statistics of an interval, and instants on some levels.
bool may_be_absent_from_analyses(const Pattern& pattern);

/// The 43 quantities of weather portals: 54 messages of a forecast, 31 of an analysis.
std::vector<Pattern> portal_patterns();

}  // namespace gfs
