// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/product_layout.hpp"

#include "freshet/codec.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The leads a person asks for, like "0-12,24". A single number is a lead that must exist; a range takes those of its
/// hours that the product has. By default all that there are: "all".
class Leads {
public:
    struct Range {
        int first;
        int last;

        friend auto operator<=>(const Range&, const Range&) = default;
    };

    Leads() : Leads({everything}) {}
    /// Ranges in any order; those that overlap or touch become one, singles inside a range vanish.
    explicit Leads(std::vector<Range> ranges);
    /// Throws ParameterError, saying which part is not a lead or a range.
    static Leads parse(std::string_view text);
    /// The shortest text for these leads of a product: what equal wishes have in common.
    static Leads from_hours(const std::vector<int>& hours, const Product& product);

    /// What parse() reads again as the same value.
    std::string text() const;
    /// Ascending hours. Throws ParameterError when a single lead or a whole range is none of the product's.
    std::vector<int> hours(const Product& product) const;

    friend bool operator==(const Leads&, const Leads&) = default;

private:
    /// Far beyond any forecast; the bound keeps a slip of the finger from becoming a list of years.
    static constexpr Range everything{0, 9999};

    std::vector<Range> ranges_;
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Leads> {
    static constexpr std::string_view example = "0-12,24";
    static std::string write(const gfs::Leads& leads) { return leads.text(); }
    static gfs::Leads read(std::string_view text) { return gfs::Leads::parse(text); }
};
