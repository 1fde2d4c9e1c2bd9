// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/leads.hpp"

#include "freshet/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Leads of a cycle that are announced as soon as they are there, under a name that readers agreed on.
struct Milestone {
    std::string name;
    Leads leads;

    friend bool operator==(const Milestone&, const Milestone&) = default;
};

/// "surface:0-48/week:0-168": any number of parts.
struct Milestones {
    std::vector<Milestone> items;

    /// Throws ParameterError, saying which of them is no part.
    static Milestones parse(std::string_view text);
    std::string text() const;

    friend bool operator==(const Milestones&, const Milestones&) = default;
};

}  // namespace gfs

template <>
struct freshet::Codec<gfs::Milestones> {
    static constexpr std::string_view example = "surface:0-48/week:0-168";
    static std::string write(const gfs::Milestones& parts) { return parts.text(); }
    static gfs::Milestones read(std::string_view text) { return gfs::Milestones::parse(text); }
};
