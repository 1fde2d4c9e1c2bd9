// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_event.hpp"
#include "tasks/cycle_tasks.hpp"
#include "tasks/latest_link.hpp"
#include "tasks/revisions.hpp"

namespace gfs {

namespace {

/// That upstream replaced files, and which revision holds no longer.
freshet::Event superseded_event(CycleEventDetails details, const RevisionRecord& revision_record,
                                freshet::Context& context) {
    details.kind = "superseded";
    details.extra_data = freshet::Json::Object{{"superseded_revision", revision_record.supersedes},
                                               {"superseded_by", revision_record.revision},
                                               {"changed_leads", revision_record.changed}};
    return cycle_event(details, context);
}

}  // namespace

void IngestCycle::run(freshet::Context& context) const {
    const auto [manifest, maps, milestone_events] = freshet::inputs(*this);
    const auto rasters = paths().revision_name() / maps.path().filename();
    update_latest_link(paths().dataset_folder(), paths().revision_name(), mapfile(map_header(paths(), rasters)));

    const CycleEventDetails details{
        .kind = "completed", .event_source = event_source, .paths = paths(), .manifest = manifest};
    const freshet::Event event = cycle_event(details, context);
    output().write(freshet::to_json(event).pretty());
    context.emit(event);
    const freshet::LocalTarget revision_record(paths().revision_record(canonical_leads()));
    if (revision_record.exists())
        context.emit(superseded_event(details, RevisionRecord::parse(revision_record.read()), context));
    // The pieces have served their purpose once the manifest is there; what is published does not need them.
    if (!keep_grib) std::filesystem::remove_all(paths().intermediate_folder());
}

}  // namespace gfs
