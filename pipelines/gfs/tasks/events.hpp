// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/leads.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/codec.hpp"
#include "freshet/context.hpp"
#include "freshet/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The content of an event about leads of a cycle.
struct CycleEventDetails {
    std::string kind;          ///< "completed", "partial", "superseded"
    std::string event_source;  ///< the CloudEvent's source
    CyclePaths paths;
    freshet::LocalTarget manifest;
    std::string public_url{};    ///< where readers find the store's root; empty: file:// and its path here
    std::vector<int> missing{};  ///< leads of the cycle that the manifest does not have
    freshet::Json extra_data{};  ///< members that only this kind of event has
};

/// Makes the event; its id depends on kind, dataset, cycle, revision and manifest only.
freshet::Event cycle_event(const CycleEventDetails& details, freshet::Context& context);

/// Leads of a cycle that are announced as soon as they are complete, under a name that consumers know.
struct Milestone {
    std::string name;
    Leads leads;

    friend bool operator==(const Milestone&, const Milestone&) = default;
};

/// A list of milestones: "surface:0-48/week:0-168".
struct Milestones {
    std::vector<Milestone> items;

    /// Throws ParameterError, naming the part that is malformed.
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
