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

/// A selection of leads, like "0-12,24". A single number must be a lead of the product; a range selects those hours in
/// it that are. All leads by default: "all".
class Leads {
public:
    struct Range {
        int first;
        int last;

        friend auto operator<=>(const Range&, const Range&) = default;
    };

    Leads() : Leads({everything}) {}
    /// Takes ranges in any order and merges those that overlap or touch.
    explicit Leads(std::vector<Range> ranges);
    /// Throws ParameterError, naming the part that is neither a lead nor a range.
    static Leads parse(std::string_view text);
    /// Returns the canonical selection of these leads of a product: the fewest ranges.
    static Leads from_hours(const std::vector<int>& hours, const Product& product);

    /// Returns text that parse() reads as the same value.
    std::string text() const;
    /// Returns the selected hours, ascending. Throws ParameterError when the product has no lead for a part of it.
    std::vector<int> hours(const Product& product) const;

    friend bool operator==(const Leads&, const Leads&) = default;

private:
    /// Far beyond any forecast; bounds the list that a mistyped number makes.
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
