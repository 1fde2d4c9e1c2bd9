// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_event.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/latest.hpp"
#include "tasks/revisions.hpp"

namespace gfs {

namespace {

/// That upstream replaced files, and which revision holds no longer.
freshet::Event superseding(CycleNews news, const Opening& opening, freshet::Context& context) {
    news.kind = "superseded";
    news.more = freshet::Json::Object{
        {"superseded_revision", opening.supersedes}, {"superseded_by", opening.revision}, {"changed_leads", opening.changed}};
    return cycle_event(news, context);
}

}  // namespace

void IngestCycle::run(freshet::Context& context) const {
    const auto [manifest, maps, parts_told] = freshet::inputs(*this);
    const auto rasters = store().revision_name() / maps.path().filename();
    point_latest_at(store().dataset_folder(), store().revision_name(), mapfile(map_head(store(), rasters)));

    const CycleNews news{.kind = "completed", .event_source = event_source, .store = store(), .manifest = manifest};
    const freshet::Event event = cycle_event(news, context);
    output().write(freshet::to_json(event).pretty());
    context.announce(event);
    const freshet::LocalTarget opening(store().opening(canonical_leads()));
    if (opening.exists()) context.announce(superseding(news, Opening::parse(opening.read()), context));
    // The pieces have served their purpose once the manifest is there; what is published does not need them.
    if (!keep_grib) std::filesystem::remove_all(store().pieces());
}

}  // namespace gfs
