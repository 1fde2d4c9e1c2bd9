// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Whether `text` is `pattern`, in which each '*' stands for any text.
bool matches_glob(std::string_view text, std::string_view pattern);

/// Levels as NCEP's inventories write them: "2 m above ground", "* mb", or every one from here to there: "500..1000
/// mb".
class LevelPattern {
public:
    /// Throws ParameterError when it has ".." and is no such range.
    static LevelPattern parse(std::string_view text);

    bool matches(std::string_view level) const;
    /// What parse() reads again as the same value; the smaller end comes first.
    const std::string& text() const { return text_; }

    friend bool operator==(const LevelPattern&, const LevelPattern&) = default;
    friend auto operator<=>(const LevelPattern&, const LevelPattern&) = default;

private:
    std::string text_ = "*";
    bool is_range_ = false;
    double low_ = 0;
    double high_ = 0;
    std::string unit_{};  ///< what follows the number of a level in the range: "mb"
};

/// The levels a person asks for, like "surface,2 m above ground,500..1000 mb". By default all that there are.
class Levels {
public:
    /// Throws ParameterError, saying which part is not a level.
    static Levels parse(std::string_view text);

    bool contains(std::string_view level) const;
    /// What parse() reads again as the same value: sorted, each once; "" for all.
    std::string text() const;

    friend bool operator==(const Levels&, const Levels&) = default;

private:
    std::vector<LevelPattern> patterns_;  ///< none: all levels
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Levels> {
    static constexpr std::string_view example = "surface,500..1000 mb";
    static std::string write(const gfs::Levels& levels) { return levels.text(); }
    static gfs::Levels read(std::string_view text) { return gfs::Levels::parse(text); }
};
