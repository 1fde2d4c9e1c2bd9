// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "inventory/inventory.hpp"

#include "freshet/codec.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace gfs {

/// One file of an ensemble: a forecast, or a statistic of all forecasts.
enum class MemberKind { control, perturbed, mean, spread };

/// A forecast or a statistic of GEFS, in the names that its files have: "c00", "p01" to "p30", "avg", "spr".
struct EnsembleMember {
    MemberKind kind = MemberKind::control;
    int number = 0;  ///< of a perturbed forecast, from 1

    /// Throws ParameterError, naming the members that there are.
    static EnsembleMember parse(std::string_view text);

    std::string text() const;
    /// Returns the names in files of waves: "c00", "p01", "mean", "spread".
    std::string wave_text() const;
    /// Returns what the title of a dataset says: "member p01", "mean of all members".
    std::string description() const;
    /// Returns what the messages of its files state: the member, or the derived forecast.
    ProductTraits traits() const;
    bool is_statistic() const { return kind == MemberKind::mean || kind == MemberKind::spread; }

    friend auto operator<=>(const EnsembleMember&, const EnsembleMember&) = default;
};

/// The perturbed forecasts of GEFS since version 12.
inline constexpr int perturbed_members = 30;

/// Returns the first line that says it is of another member or statistic, nullptr when there is none.
const Entry* find_other_member(const Inventory& inventory, const EnsembleMember& member);

}  // namespace gfs

template <>
struct freshet::Codec<gfs::EnsembleMember> {
    static constexpr std::string_view example = "p01";
    static std::string write(const gfs::EnsembleMember& member) { return member.text(); }
    static gfs::EnsembleMember read(std::string_view text) { return gfs::EnsembleMember::parse(text); }
};
