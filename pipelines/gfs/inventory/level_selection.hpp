// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Returns true when `text` matches `pattern`, in which each '*' matches any text.
bool matches_glob(std::string_view text, std::string_view pattern);

/// A pattern of levels as written in NCEP's inventories: "2 m above ground", "* mb", or a range like "500..1000 mb".
class LevelPattern {
public:
    /// Throws ParameterError when the text has ".." and is not a range.
    static LevelPattern parse(std::string_view text);

    bool matches(std::string_view level) const;
    /// Text that parse() reads as the same value, the smaller end first.
    const std::string& text() const { return text_; }

    friend bool operator==(const LevelPattern&, const LevelPattern&) = default;
    friend auto operator<=>(const LevelPattern&, const LevelPattern&) = default;

private:
    std::string text_ = "*";
    bool is_range_ = false;
    double low_ = 0;
    double high_ = 0;
    std::string unit_{};  ///< text after the number: "mb"
};

/// A selection of levels, like "surface,2 m above ground,500..1000 mb". All levels by default.
class Levels {
public:
    /// Throws ParameterError, naming the part that is not a level.
    static Levels parse(std::string_view text);

    bool contains(std::string_view level) const;
    /// None for all levels.
    const std::vector<LevelPattern>& patterns() const { return patterns_; }
    /// Returns text that parse() reads as the same value: sorted, without duplicates; "" for all.
    std::string text() const;

    friend bool operator==(const Levels&, const Levels&) = default;

private:
    std::vector<LevelPattern> patterns_;
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Levels> {
    static constexpr std::string_view example = "surface,500..1000 mb";
    static std::string write(const gfs::Levels& levels) { return levels.text(); }
    static gfs::Levels read(std::string_view text) { return gfs::Levels::parse(text); }
};
