// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/root_choice.hpp"

#include "source/own_refusal.hpp"
#include "source/schedule.hpp"
#include "source/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// Leads may appear a little out of order: so many hours above one that is absent are asked for all the same.
constexpr int out_of_order = 3;
/// How long the absence of one lead speaks for those above it, at public roots and at others.
constexpr seconds absence_holds = 60s, absence_holds_privately = 10s;
/// So long after a lead is usually there, nobody publishes that cycle any more, and a hole in it says nothing of the
/// rest.
constexpr auto cycle_settled = 2h;
/// A public root that throttles and does not say for how long blocks those for good that ask again too soon.
constexpr seconds first_throttle = 60s, first_private_throttle = 1s;
/// A file that appeared so lately tells how late its root is.
constexpr auto new_file = 1h;

CycleAtRoot cycle_at(const Root& root, const LeadName& name) {
    return {.root = root.address, .cycle = name.cycle, .product = name.product};
}

}  // namespace

std::vector<Root> RootChoice::in_order(std::string_view first) const {
    const auto now = clock_.now();
    auto roots = roots_;
    std::ranges::stable_partition(roots, [first](const Root& root) { return root.address == first; });
    std::ranges::stable_partition(roots,
                                  [&](const Root& root) { return memory_.health(root.address).rests_until <= now; });
    return roots;
}

void RootChoice::refuse_early(const Root& root, const LeadName& name) const {
    const auto place = root.address == roots_.front().address ? Place::preferred : Place::fallback;
    const auto why = why_not_kept(root, place, name.cycle, clock_.now());
    if (!why.empty()) throw OwnRefusal("not asked: " + why, FailureClass::permanent);
    if (root.is_folder()) return;  // asking costs nothing
    refuse_throttled(root);
    if (root.known != nullptr) refuse_before_schedule(root, name);
    refuse_beyond_frontier(root, name);
}

void RootChoice::refuse_throttled(const Root& root) const {
    const auto health = memory_.health(root.address);
    const auto left = std::chrono::ceil<seconds>(health.throttled_until - clock_.now());
    if (left <= 0s) return;
    throw OwnRefusal(fmt::format("not asked before {}: {}", utc_text(health.throttled_until), health.why),
                     FailureClass::throttled, left);
}

void RootChoice::refuse_before_schedule(const Root& root, const LeadName& name) const {
    const auto first = first_possible(name.cycle, name.lead);
    if (clock_.now() >= first) return;
    const auto lag = memory_.health(root.address).lag;
    const auto lately =
        lag ? fmt::format(", and of late {} min later", std::max<std::int64_t>(lag->count() / 60, 0)) : "";
    throw OwnRefusal(fmt::format("not asked: lead {} of {} is not expected before {}{}", name.lead,
                                 freshet::Codec<Cycle>::write(name.cycle), utc_text(first), lately),
                     FailureClass::not_yet, std::chrono::ceil<seconds>(first - clock_.now()));
}

void RootChoice::refuse_beyond_frontier(const Root& root, const LeadName& name) const {
    const auto now = clock_.now();
    if (now > usually_there(name.cycle, name.lead) + cycle_settled) return;
    const auto frontier = memory_.frontier(cycle_at(root, name));
    if (!frontier.absent || name.lead <= *frontier.absent + out_of_order) return;
    if (now >= frontier.absent_at + (root.known != nullptr ? absence_holds : absence_holds_privately)) return;
    throw OwnRefusal(fmt::format("not asked: at {} lead {} of {} was not there yet", utc_text(frontier.absent_at),
                                 *frontier.absent, freshet::Codec<Cycle>::write(name.cycle)),
                     FailureClass::not_yet);
}

std::vector<std::string> RootChoice::paths(const Root& root, const LeadName& name) const {
    const auto layouts = root.layouts();
    const auto known = memory_.frontier(cycle_at(root, name)).layout;
    const auto at = std::ranges::find(layouts, known);
    if (at == layouts.end()) return grib_paths(name.cycle, name.product, name.lead, layouts);
    return grib_paths(name.cycle, name.product, name.lead, std::span(at, 1));
}

void RootChoice::note_found(const Root& root, const LeadName& name, const LeadFile& file) {
    memory_.did_well(root.address);
    for (const auto& layout : root.layouts()) {
        const auto paths = grib_paths(name.cycle, name.product, name.lead, std::span(&layout, 1));
        if (!paths.empty() && paths.front() == file.path) {
            memory_.was_present(cycle_at(root, name), name.lead, std::string(layout));
        }
    }
    const auto written = file.facts.last_modified;
    if (root.known == nullptr || !written || clock_.now() - *written > new_file) return;
    memory_.lagged(root.address, std::chrono::floor<seconds>(*written - first_possible(name.cycle, name.lead)));
}

void RootChoice::note_absent(const Root& root, const LeadName& name) {
    memory_.did_well(root.address);
    memory_.was_absent(cycle_at(root, name), name.lead);
}

void RootChoice::note_failure(const Root& root, const TransientError& error) {
    if (error.failure_class() == FailureClass::not_yet) return;
    if (error.failure_class() == FailureClass::throttled) {
        memory_.throttled(root.address, error.what(), error.retry_after(),
                          root.known != nullptr ? first_throttle : first_private_throttle);
    } else {
        memory_.failed(root.address, error.what());
    }
}

}  // namespace gfs
