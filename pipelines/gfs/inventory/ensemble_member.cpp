// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/ensemble_member.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>

namespace gfs {
namespace {

/// The names and the codes of a member that has no number.
struct NamedMember {
    MemberKind kind;
    std::string_view name;
    std::string_view wave_name;
    std::string_view description;
    EnsembleCodes codes;
};

// Code tables 4.6 (1: the control of low resolution, 3: perturbed positively) and 4.7 (0: mean, 4: spread).
constexpr NamedMember named_members[] = {
    {MemberKind::control, "c00", "c00", "control forecast", {.type = 1, .number = 0, .size = perturbed_members}},
    {MemberKind::mean, "avg", "mean", "mean of all members", {.statistic = 0, .size = perturbed_members}},
    {MemberKind::spread, "spr", "spread", "spread of all members", {.statistic = 4, .size = perturbed_members}},
};
constexpr int positively_perturbed = 3;

const NamedMember* find_named(MemberKind kind) {
    const auto* const found = std::ranges::find(named_members, kind, &NamedMember::kind);
    return found == std::end(named_members) ? nullptr : found;
}

/// A code, what wgrib2 writes for it, and the member that it makes.
struct CodeText {
    int code;
    std::string_view text;
    MemberKind kind;
};
constexpr CodeText control_texts[] = {{0, "ENS=hi-res ctl", MemberKind::control},
                                      {1, "ENS=low-res ctl", MemberKind::control}};
constexpr CodeText statistic_texts[] = {{0, "ens mean", MemberKind::mean},
                                        {1, "wt ens mean", MemberKind::mean},
                                        {2, "ens std dev", MemberKind::spread},
                                        {3, "normalized ens std dev", MemberKind::spread},
                                        {4, "ens spread", MemberKind::spread}};

std::string_view text_of(std::span<const CodeText> texts, int code) {
    const auto found = std::ranges::find(texts, code, &CodeText::code);
    return found == texts.end() ? std::string_view() : found->text;
}

/// Returns true when a remark of an inventory says that a field is of this member, or says nothing of an ensemble.
bool may_be_of(const EnsembleMember& member, std::string_view remark) {
    if (!remark.starts_with("ENS=") && remark.find("ens ") == remark.npos) return true;
    if (member.kind == MemberKind::perturbed) return remark == ensemble_text(member.codes());
    for (const auto texts : {std::span<const CodeText>(control_texts), std::span<const CodeText>(statistic_texts)})
        if (const auto known = std::ranges::find(texts, remark, &CodeText::text); known != texts.end())
            return known->kind == member.kind;
    return false;
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

EnsembleCodes EnsembleMember::codes() const {
    const auto* const named = find_named(kind);
    if (named != nullptr) return named->codes;
    return {.type = positively_perturbed, .number = number, .size = perturbed_members};
}

std::string ensemble_text(const EnsembleCodes& codes) {
    if (codes.statistic) {
        const auto known = text_of(statistic_texts, *codes.statistic);
        return known.empty() ? fmt::format("ens statistic {}", *codes.statistic) : std::string(known);
    }
    const int type = codes.type.value_or(positively_perturbed);
    if (const auto known = text_of(control_texts, type); !known.empty()) return std::string(known);
    constexpr int negatively_perturbed = 2;
    return fmt::format("ENS={}{}", type == negatively_perturbed ? '-' : '+', codes.number);
}

const Entry* find_other_member(const Inventory& inventory, const EnsembleMember& member) {
    for (const Entry& entry : inventory.entries()) {
        const std::string_view remarks = entry.remarks;
        if (!may_be_of(member, remarks.substr(0, remarks.find(':')))) return &entry;
    }
    return nullptr;
}

}  // namespace gfs
