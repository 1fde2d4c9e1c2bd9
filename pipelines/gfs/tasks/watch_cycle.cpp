// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "tasks/lead_notes.hpp"
#include "tasks/replace_file.hpp"
#include "tasks/revisions.hpp"
#include "tasks/upstream_of.hpp"
#include "tasks/watch_tasks.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gfs {

namespace {

/// Asks upstream once for each file.
class ReplacementChecker {
public:
    ReplacementChecker(const CycleParameters& parameters, freshet::Context& context)
        : upstream_(make_upstream(parameters, context)), context_(context) {}

    bool is_replaced(const SourceFile& file) {
        const auto [known, is_new] = replaced_.try_emplace(file.address(), false);
        if (is_new) known->second = differs(file);
        return known->second;
    }

private:
    bool differs(const SourceFile& file) try {
        if (context_.cancelled())
            throw freshet::TransientError(fmt::format("look at '{}' again: asked to stop", file.address()));
        return gfs::is_replaced(file.info, upstream_.file_info(file.mirror, file.path));
    } catch (const freshet::TransientError& error) {
        if (error.failure_class() != freshet::FailureClass::not_ready) throw;
        // The mirror keeps it no longer: that is no replacement.
        context_.log(fmt::format("cannot be compared any more: {}", error.what()));
        return false;
    }

    Upstream upstream_;
    freshet::Context& context_;
    std::map<std::string, bool> replaced_;
};

std::vector<int> replaced_leads(const IngestCycle& ingest, freshet::Context& context) {
    ReplacementChecker checker(ingest, context);
    std::vector<int> replaced;
    for (const int lead : ingest.leads.hours(find_product(ingest.product))) {
        const auto sources = sources_of(ingest.paths(), lead);
        if (sources.empty()) context.log(fmt::format("lead {} has no note of what it was made of: not compared", lead));
        if (std::ranges::any_of(sources, [&](const SourceFile& file) { return checker.is_replaced(file); }))
            replaced.push_back(lead);
    }
    return replaced;
}

}  // namespace

IngestCycle WatchCycle::requirements() const {
    IngestCycle newest{*this};
    newest.revision = newest_revision(paths(), canonical_leads());
    return newest;
}

bool WatchCycle::complete() const {
    const freshet::LocalTarget marker(paths().checked_marker(canonical_leads()));
    return marker.exists() && freshet::Json::parse(marker.read()).at("asked").as_string() >= asked;
}

freshet::Outcome WatchCycle::run(freshet::Context& context) const {
    using enum freshet::Outcome;
    const auto mark_checked = [&] {
        atomic_write(paths().checked_marker(canonical_leads()),
                     freshet::Json(freshet::Json::Object{{"asked", asked}}).pretty());
    };
    if (context.clock().now() - cycle > watch_window) return mark_checked(), done;
    const IngestCycle newest = requirements();
    if (!context.require(newest)) return waiting;
    const auto replaced = replaced_leads(newest, context);
    if (replaced.empty()) {
        context.log(fmt::format("revision {} is what upstream has", newest.revision));
        mark_checked();
        return done;
    }
    OpenRevision next{newest, leads, Leads::from_hours(replaced, find_product(product)), newest.revision};
    next.revision = next_revision(paths());
    context.log(fmt::format("upstream has replaced the files of leads {}", next.changed.text()));
    // Once it is begun it is the newest one: run() starts again from the top, and asks for it.
    static_cast<void>(context.require(next));
    return waiting;
}

}  // namespace gfs
