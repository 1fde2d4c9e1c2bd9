// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/leads.hpp"

#include "freshet/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Leads of a cycle that are announced as soon as they are there, under a name that readers agreed on.
struct Part {
    std::string name;
    Leads leads;

    friend bool operator==(const Part&, const Part&) = default;
};

/// "surface:0-48/week:0-168": any number of parts.
struct Parts {
    std::vector<Part> list;

    /// Throws ParameterError, saying which of them is no part.
    static Parts parse(std::string_view text);
    std::string text() const;

    friend bool operator==(const Parts&, const Parts&) = default;
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Parts> {
    static constexpr std::string_view example = "surface:0-48/week:0-168";
    static std::string write(const gfs::Parts& parts) { return parts.text(); }
    static gfs::Parts read(std::string_view text) { return gfs::Parts::parse(text); }
};
