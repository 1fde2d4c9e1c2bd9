// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/ensemble_member.hpp"

#include "grib/product_codes.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

namespace gfs {
namespace {

/// The names and the codes of a member that has no number.
struct NamedMember {
    MemberKind kind;
    std::string_view name;
    std::string_view wave_name;
    std::string_view description;
    ProductTraits traits;
};

// Code tables 4.6 (1: the control of low resolution, 3: perturbed positively) and 4.7 (0: mean, 4: spread).
constexpr NamedMember named_members[] = {
    {MemberKind::control, "c00", "c00", "control forecast", {.member = StatedMember{.type = 1, .number = 0}}},
    {MemberKind::mean, "avg", "mean", "mean of all members", {.derived = 0}},
    {MemberKind::spread, "spr", "spread", "spread of all members", {.derived = 4}},
};
constexpr int positively_perturbed = 3;

const NamedMember* find_named(MemberKind kind) {
    const auto* const found = std::ranges::find(named_members, kind, &NamedMember::kind);
    return found == std::end(named_members) ? nullptr : found;
}

/// Returns the kind of a member that has no number by what its messages state.
std::optional<MemberKind> named_kind(const ProductTraits& traits) {
    constexpr std::pair<int, MemberKind> kinds[] = {{0, MemberKind::mean},
                                                    {1, MemberKind::mean},
                                                    {2, MemberKind::spread},
                                                    {3, MemberKind::spread},
                                                    {4, MemberKind::spread}};
    if (traits.member) return MemberKind::control;
    for (const auto& [code, kind] : kinds)
        if (traits.derived == code) return kind;
    return std::nullopt;
}

/// Returns true when a remark of an inventory says that a field is of this member, or says nothing of an ensemble.
bool may_be_of(const EnsembleMember& member, std::string_view remark) {
    if (!remark.starts_with("ENS=") && remark.find("ens ") == remark.npos) return true;
    if (member.kind == MemberKind::perturbed) return remark == product_text(member.traits());
    const auto stated = ensemble_traits(remark);
    return stated && named_kind(*stated) == member.kind;
}

}  // namespace

EnsembleMember EnsembleMember::parse(std::string_view text) {
    const auto* const named = std::ranges::find(named_members, text, &NamedMember::name);
    if (named != std::end(named_members)) return {.kind = named->kind};
    EnsembleMember member{.kind = MemberKind::perturbed};
    const auto* const end = text.data() + text.size();
    const bool is_number =
        text.size() == 3 && text.starts_with('p') && std::from_chars(text.data() + 1, end, member.number).ptr == end;
    if (is_number && member.number >= 1 && member.number <= perturbed_members) return member;
    throw freshet::ParameterError(fmt::format(
        "'{}' is not a member of the ensemble: expected c00 (control), p01 to p{}, avg (mean) or spr (spread)", text,
        perturbed_members));
}

std::string EnsembleMember::text() const {
    const auto* const named = find_named(kind);
    return named == nullptr ? fmt::format("p{:02}", number) : std::string(named->name);
}

std::string EnsembleMember::wave_text() const {
    const auto* const named = find_named(kind);
    return named == nullptr ? text() : std::string(named->wave_name);
}

std::string EnsembleMember::description() const {
    const auto* const named = find_named(kind);
    return named == nullptr ? "member " + text() : std::string(named->description);
}

ProductTraits EnsembleMember::traits() const {
    const auto* const named = find_named(kind);
    if (named != nullptr) return named->traits;
    return {.member = StatedMember{.type = positively_perturbed, .number = number}};
}

const Entry* find_other_member(const Inventory& inventory, const EnsembleMember& member) {
    for (const Entry& entry : inventory.entries()) {
        const std::string_view remarks = entry.remarks;
        if (!may_be_of(member, remarks.substr(0, remarks.find(':')))) return &entry;
    }
    return nullptr;
}

}  // namespace gfs
