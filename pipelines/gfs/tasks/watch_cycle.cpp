// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/layout.hpp"
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
class Comparison {
public:
    Comparison(const Wanted& wanted, freshet::Context& context) : upstream_(upstream_of(wanted, context)), context_(context) {}

    bool is_replaced(const SourceFile& file) {
        const auto [known, is_new] = replaced_.try_emplace(file.address(), false);
        if (is_new) known->second = differs(file);
        return known->second;
    }

private:
    bool differs(const SourceFile& file) try {
        if (context_.cancelled()) throw freshet::TransientError(fmt::format("look at '{}' again: asked to stop", file.address()));
        return gfs::is_replaced(file.facts, upstream_.facts(file.root, file.path));
    } catch (const freshet::TransientError& error) {
        if (error.failure_class() != freshet::FailureClass::not_yet) throw;
        // The root keeps it no longer: that is no replacement.
        context_.log(fmt::format("cannot be compared any more: {}", error.what()));
        return false;
    }

    Upstream upstream_;
    freshet::Context& context_;
    std::map<std::string, bool> replaced_;
};

std::vector<int> replaced_leads(const IngestCycle& complete, freshet::Context& context) {
    Comparison comparison(complete, context);
    std::vector<int> replaced;
    for (const int lead : complete.leads.of(find_product(complete.product))) {
        const auto sources = sources_of(complete.store(), lead);
        if (sources.empty()) context.log(fmt::format("lead {} has no note of what it was made of: not compared", lead));
        if (std::ranges::any_of(sources, [&](const SourceFile& file) { return comparison.is_replaced(file); })) replaced.push_back(lead);
    }
    return replaced;
}

}  // namespace

IngestCycle WatchCycle::requirements() const {
    IngestCycle newest{*this};
    newest.revision = newest_revision(store(), canonical_leads());
    return newest;
}

bool WatchCycle::complete() const {
    const freshet::LocalTarget look(store().watched(canonical_leads()));
    return look.exists() && freshet::Json::parse(look.read()).at("asked").as_string() >= asked;
}

freshet::Outcome WatchCycle::run(freshet::Context& context) const {
    using enum freshet::Outcome;
    const auto looked = [&] { replace_file(store().watched(canonical_leads()), freshet::Json(freshet::Json::Object{{"asked", asked}}).pretty()); };
    if (context.clock().now() - cycle > watch_window) return looked(), done;
    const IngestCycle newest = requirements();
    if (!context.need(newest)) return waiting;
    const auto replaced = replaced_leads(newest, context);
    if (replaced.empty()) {
        context.log(fmt::format("revision {} is what upstream has", newest.revision));
        looked();
        return done;
    }
    OpenRevision next{newest, leads, Leads::of_hours(replaced, find_product(product)), newest.revision};
    next.revision = next_revision(store());
    context.log(fmt::format("upstream has replaced the files of leads {}", next.changed.text()));
    // Once it is begun it is the newest one: run() starts again from the top, and asks for it.
    static_cast<void>(context.need(next));
    return waiting;
}

}  // namespace gfs
