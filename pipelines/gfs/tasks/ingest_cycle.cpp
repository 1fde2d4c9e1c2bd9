// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/events.hpp"
#include "tasks/revisions.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

/// Makes the event that this revision replaces an earlier one.
freshet::Event superseded_event(CycleEventDetails details, const RevisionRecord& revision_record,
                                freshet::Context& context) {
    details.kind = "superseded";
    details.extra_data = freshet::Json::Object{{"superseded_revision", revision_record.supersedes},
                                               {"superseded_by", revision_record.revision},
                                               {"changed_leads", revision_record.changed}};
    return cycle_event(details, context);
}

}  // namespace

std::string IngestParameters::canonical_leads() const { return WriteManifest{*this, leads}.canonical_leads(); }

freshet::LocalTarget IngestCycle::output() const { return freshet::LocalTarget(paths().event(canonical_leads())); }

freshet::LocalTarget AnnouncePart::output() const {
    return freshet::LocalTarget(paths().milestone(part, requirements().canonical_leads()));
}

void AnnouncePart::run(freshet::Context& context) const {
    const auto all = of.hours(find_product(product)), own = leads.hours(find_product(product));
    std::vector<int> missing;
    std::ranges::set_difference(all, own, std::back_inserter(missing));
    const CycleEventDetails details{.kind = "partial",
                                    .event_source = event_source,
                                    .paths = paths(),
                                    .manifest = freshet::inputs(*this),
                                    .public_url = public_url,
                                    .missing = missing,
                                    .extra_data = freshet::Json::Object{{"part", part}}};
    const freshet::Event event = cycle_event(details, context);
    output().write(freshet::to_json(event).pretty());
    context.emit(event);
}

std::vector<AnnouncePart> IngestCycle::announcements() const {
    std::vector<AnnouncePart> announcements;
    const auto all = leads.hours(find_product(product));
    for (const Milestone& part : parts.items) {
        if (!std::ranges::includes(all, part.leads.hours(find_product(product))))
            throw freshet::ParameterError(fmt::format("part '{}' has leads '{}' outside the cycle's leads '{}'",
                                                      part.name, part.leads.text(), leads.text()));
        announcements.push_back({*this, part.leads, part.name, leads, event_source, public_url});
    }
    return announcements;
}

void IngestCycle::run(freshet::Context& context) const {
    const auto [manifest, maps, milestone_events] = freshet::inputs(*this);
    update_cycle_links(paths(), canonical_leads(), find_product(product));
    const auto rasters = paths().revision_name() / maps.path().filename();
    update_latest_link(paths().dataset_folder(), paths().revision_name(), mapfile(map_header(paths(), rasters)));

    const CycleEventDetails details{.kind = "completed",
                                    .event_source = event_source,
                                    .paths = paths(),
                                    .manifest = manifest,
                                    .public_url = public_url};
    const freshet::Event event = cycle_event(details, context);
    output().write(freshet::to_json(event).pretty());
    context.emit(event);
    const freshet::LocalTarget revision_record(paths().revision_record(canonical_leads()));
    if (revision_record.exists())
        context.emit(superseded_event(details, RevisionRecord::parse(revision_record.read()), context));
    // Published files do not depend on the intermediate ones.
    if (!keep_grib) std::filesystem::remove_all(paths().intermediate_folder());
}

}  // namespace gfs
