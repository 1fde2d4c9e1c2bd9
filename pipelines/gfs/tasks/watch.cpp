// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/watch.hpp"

#include "inventory/product_layout.hpp"
#include "tasks/provenance.hpp"
#include "tasks/revisions.hpp"
#include "upstream/upstream.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gfs {

namespace {

WatchCycle make_watch_cycle(const WatchParameters& parameters, Cycle cycle) {
    WatchCycle watch{parameters};
    watch.cycle = cycle;
    return watch;
}

/// Returns true when any revision is complete: a newer one may have been opened by a run that was killed.
bool was_completed(const IngestParameters& parameters) {
    const std::string leads = parameters.canonical_leads();
    for (int revision = newest_revision(parameters.paths(), leads); revision > 0; --revision)
        if (std::filesystem::exists(parameters.paths().with_revision(revision).event(leads))) return true;
    return false;
}

/// Failed comparisons in a row after which a mirror is not asked for the other files.
constexpr int max_failures_in_row = 3;

/// Compares files with upstream, asking once for each. A file that cannot be compared counts as unchanged: the cycle is
/// complete, and the next check asks again.
class ReplacementChecker {
public:
    ReplacementChecker(const CycleParameters& parameters, freshet::Context& context)
        : upstream_(make_upstream(parameters, context)), context_(context) {}

    bool is_replaced(const SourceFile& file) {
        const auto [known, is_new] = replaced_.try_emplace(file.address(), false);
        if (is_new) known->second = differs(file);
        return known->second;
    }

    /// Warns of the files that could not be compared.
    void report() const {
        for (const auto& [mirror, failures] : failures_)
            if (failures.files > 0)
                context_.warn(fmt::format("not compared with upstream, until the next check: {} file{} at '{}': {}",
                                          failures.files, failures.files == 1 ? "" : "s", mirror, failures.last));
    }

private:
    /// The failed comparisons at one mirror.
    struct Failures {
        int files = 0;
        int in_row = 0;
        std::string last;
    };

    bool differs(const SourceFile& file) {
        if (context_.cancelled())
            throw freshet::TransientError(fmt::format("compare '{}' with upstream: cancelled", file.address()));
        Failures& failures = failures_[file.mirror];
        if (failures.in_row >= max_failures_in_row) return ++failures.files, false;
        try {
            const bool is_other = gfs::is_replaced(file.info, upstream_.file_info(file.mirror, file.path));
            failures.in_row = 0;
            return is_other;
        } catch (const freshet::TransientError& error) {
            using enum freshet::FailureClass;
            if (context_.cancelled() || error.failure_class() == throttled) throw;
            if (error.failure_class() == not_ready) {
                // A file that the mirror no longer keeps was not replaced.
                context_.log(fmt::format("no longer comparable: {}", error.what()));
                return false;
            }
            ++failures.files;
            ++failures.in_row;
            failures.last = error.what();
            return false;
        }
    }

    Upstream upstream_;
    freshet::Context& context_;
    std::map<std::string, bool> replaced_;
    std::map<std::string, Failures> failures_;  ///< by mirror
};

std::vector<int> replaced_leads(const IngestCycle& ingest, freshet::Context& context) {
    ReplacementChecker checker(ingest, context);
    std::vector<int> replaced;
    for (const int lead : ingest.leads.hours(find_product(ingest.product))) {
        const auto sources = sources_of(ingest.paths(), lead);
        if (sources.empty()) context.log(fmt::format("lead {} has no recorded sources: not compared", lead));
        if (std::ranges::any_of(sources, [&](const SourceFile& file) { return checker.is_replaced(file); }))
            replaced.push_back(lead);
    }
    checker.report();
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
        freshet::write_file_atomically(paths().checked_marker(canonical_leads()),
                                       freshet::Json(freshet::Json::Object{{"asked", asked}}).pretty());
    };
    if (context.clock().now() - cycle > watch_window) return mark_checked(), done;
    const IngestCycle newest = requirements();
    if (!context.require(newest)) return waiting;
    const auto replaced = replaced_leads(newest, context);
    if (replaced.empty()) {
        context.log(fmt::format("no replaced file of revision {} found at upstream", newest.revision));
        mark_checked();
        return done;
    }
    OpenRevision next{newest, leads, Leads::from_hours(replaced, find_product(product)), newest.revision};
    next.revision = next_revision(paths());
    context.log(fmt::format("upstream replaced the files of leads {}", next.changed.text()));
    // Once opened it is the newest revision: run() starts again and requires it.
    static_cast<void>(context.require(next));
    return waiting;
}

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
    // Skip the cycles that would be removed again.
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
        // The newest cycle is some hours old, so older cycles than this are outside the watch window.
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
