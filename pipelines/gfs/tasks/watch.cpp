// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"
#include "tasks/watch_tasks.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

WatchCycle make_watch_cycle(const WatchParameters& parameters, Cycle cycle) {
    WatchCycle watch{parameters};
    watch.cycle = cycle;
    return watch;
}

/// In some revision: a newer one may have been begun by a run that was killed.
bool was_completed(const IngestParameters& parameters) {
    const std::string leads = parameters.canonical_leads();
    for (int revision = newest_revision(parameters.paths(), leads); revision > 0; --revision)
        if (std::filesystem::exists(parameters.paths().with_revision(revision).event(leads))) return true;
    return false;
}

}  // namespace

std::vector<WatchCycle> Watch::requirements() const {
    std::vector<WatchCycle> watches;
    for (Cycle at = cycle; at >= cycle - watch_window; at -= cycle_interval)
        if (const WatchCycle watch = make_watch_cycle(*this, at); was_completed(watch)) watches.push_back(watch);
    return watches;
}

void Watch::run(freshet::Context& context) const {
    context.log(fmt::format("{} cycles compared with upstream", requirements().size()));
}

Cycle Contiguous::oldest() const {
    const Cycle first = cycle - (cycle - since) / cycle_interval * cycle_interval;
    // What would be removed again need not be made.
    return keep_cycles > 0 ? std::max(first, cycle - (keep_cycles - 1) * cycle_interval) : first;
}

std::vector<freshet::AnyTask> Contiguous::requirements() const {
    if (since > cycle)
        throw freshet::ParameterError(fmt::format("Contiguous --since: '{}' is after the newest cycle '{}'",
                                                  freshet::Codec<Cycle>::write(since),
                                                  freshet::Codec<Cycle>::write(cycle)));
    std::vector<freshet::AnyTask> cycles;
    for (Cycle at = cycle; at >= oldest(); at -= cycle_interval) {
        const WatchCycle watch = make_watch_cycle(*this, at);
        // The newest cycle is some hours old: one that is the whole window older than it need not be watched.
        if (cycle - at < watch_window)
            cycles.emplace_back(watch);
        else
            cycles.emplace_back(watch.requirements());
    }
    return cycles;
}

void Contiguous::run(freshet::Context& context) const {
    context.log(fmt::format("complete from {} to {}", freshet::Codec<Cycle>::write(oldest()),
                            freshet::Codec<Cycle>::write(cycle)));
}

}  // namespace gfs
