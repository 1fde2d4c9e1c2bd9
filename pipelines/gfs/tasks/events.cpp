// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "tasks/cycle_event.hpp"
#include "tasks/cycle_tasks.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

freshet::LocalTarget AnnouncePart::output() const {
    return freshet::LocalTarget(paths().milestone(part, requirements().canonical_leads()));
}

void AnnouncePart::run(freshet::Context& context) const {
    const auto whole = of.hours(find_product(product)), own = leads.hours(find_product(product));
    std::vector<int> missing;
    std::ranges::set_difference(whole, own, std::back_inserter(missing));
    const CycleEventDetails details{.kind = "partial",
                                    .event_source = event_source,
                                    .paths = paths(),
                                    .manifest = freshet::inputs(*this),
                                    .missing = missing,
                                    .extra_data = freshet::Json::Object{{"part", part}}};
    const freshet::Event event = cycle_event(details, context);
    output().write(freshet::to_json(event).pretty());
    context.emit(event);
}

std::vector<AnnouncePart> IngestCycle::announcements() const {
    std::vector<AnnouncePart> announcements;
    const auto whole = leads.hours(find_product(product));
    for (const Milestone& part : parts.items) {
        if (!std::ranges::includes(whole, part.leads.hours(find_product(product))))
            throw freshet::ParameterError(fmt::format("part '{}' has leads, '{}', that are none of the cycle's, '{}'",
                                                      part.name, part.leads.text(), leads.text()));
        announcements.push_back({*this, part.leads, part.name, leads, event_source});
    }
    return announcements;
}

}  // namespace gfs
