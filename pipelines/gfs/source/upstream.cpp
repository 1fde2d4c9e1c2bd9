// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/upstream.hpp"

#include "source/memory_files.hpp"
#include "source/messages.hpp"
#include "source/own_refusal.hpp"
#include "source/refusals.hpp"
#include "source/walk.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;
using namespace std::chrono_literals;

/// An inventory that is missing at a public root for so long does not come.
constexpr seconds inventory_late = 10min;
/// A file that looks cut off is asked for again for so long; most are replaced within the hour.
constexpr auto short_held_back = 3h;
/// A private mirror is near: a request to it costs less than many bytes.
constexpr std::uint64_t private_walk_window = 16'000;
/// HEAD, the inventory, and the head of the last message.
constexpr std::size_t requests_to_inspect = 3;

void pause_until_cancelled(std::chrono::milliseconds time, const std::function<bool()>& cancelled) {
    constexpr std::chrono::milliseconds step{250};
    for (; time.count() > 0; time -= step) {
        if (cancelled()) throw TransientError("wait for a turn to ask: asked to stop");
        std::this_thread::sleep_for(std::min(time, step));
    }
}

std::string what(const LeadName& name) {
    return fmt::format("lead {} of {}, {}", name.lead, freshet::Codec<Cycle>::write(name.cycle), name.product);
}

std::uint64_t window_at(const Root& root) {
    return root.known != nullptr ? root.known->walk_window : private_walk_window;
}

Readiness readiness_at(const Root& root, freshet::Time now) {
    const bool is_public = root.known != nullptr;
    return {.now = now,
            .settles = is_public ? root.known->settles : 0s,
            .inventory_late = is_public ? inventory_late : 0s,
            .walk_window = window_at(root)};
}

}  // namespace

Upstream::Upstream(std::string_view roots, UpstreamSettings settings)
    : settings_(std::move(settings)),
      choice_(roots, MemoryFiles{settings_.memory}.roots(), settings_.clock),
      sizes_(MemoryFiles{settings_.memory}.sizes()) {
    if (settings_.pause) return;
    settings_.pause = [cancelled = settings_.cancelled](std::chrono::milliseconds time) {
        pause_until_cancelled(time, cancelled);
    };
}

LeadFile Upstream::find(const LeadName& name) {
    std::optional<LeadFile> found;
    with_a_root(name, "", [&](const Root& root, Source& source) { found = inspect_at(root, source, name); });
    return *found;
}

FileFacts Upstream::facts(std::string_view address, const std::string& path) {
    const auto root = root_at(address);
    choice_.refuse_throttled(root);
    try {
        return open(root)->head(path);
    } catch (const OwnRefusal&) {
        throw;
    } catch (const TransientError& error) {
        choice_.note_failure(root, error);
        throw;
    }
}

Taken Upstream::fetch(const LeadName& name, const LeadFile& found, const Take& take) {
    std::optional<Taken> taken;
    with_a_root(name, found.root, [&](const Root& root, Source& source) {
        if (root.address != found.root) {
            taken = take_from(root, source, inspect_at(root, source, name), name, take);
            return;
        }
        // Room for all at once, before the first: what is started should not have to stop in the middle.
        source.expect(planned_fetches(found, take.select(found.inventory), take.limits).size() + 2);
        const bool is_same = source.head(found.path) == found.facts;
        taken = take_from(root, source, is_same ? found : inspect_at(root, source, name), name, take);
    });
    return *taken;
}

void Upstream::with_a_root(const LeadName& name, std::string_view first, const Attempt& attempt) {
    Refusals refusals;
    for (const auto& root : choice_.in_order(first)) {
        try {
            choice_.refuse_early(root, name);
            attempt(root, *open(root));
            return;
        } catch (const OwnRefusal& error) {
            refusals.add(root.name, error);
        } catch (const TransientError& error) {
            if (settings_.cancelled()) throw;
            choice_.note_failure(root, error);
            refusals.add(root.name, error);
        }
    }
    throw refusals.together(what(name));
}

std::unique_ptr<Source> Upstream::open(const Root& root) const {
    auto source = make_source(root.address, settings_.client);
    if (root.known == nullptr || root.known->requests_a_minute == 0) return source;
    return std::make_unique<LimitedSource>(
        std::move(source),
        RateLimit(MemoryFiles{settings_.memory}.requests(root.host()),
                  static_cast<std::size_t>(root.known->requests_a_minute), settings_.clock),
        root.host(), settings_.pause);
}

LeadFile Upstream::inspect_at(const Root& root, Source& source, const LeadName& name) {
    auto file = inspect_paths(root, source, name);
    choice_.note_found(root, name, file);
    refuse_short(name, file, source);
    sizes_.remember(name, file);
    return file;
}

LeadFile Upstream::inspect_paths(const Root& root, Source& source, const LeadName& name) {
    const auto readiness = readiness_at(root, settings_.clock.now());
    const auto paths = choice_.paths(root, name);
    source.expect(requests_to_inspect + paths.size() - 1);
    std::optional<TransientError> absent;
    for (const auto& path : paths) {
        FileFacts facts;
        try {
            facts = source.head(path);
        } catch (const TransientError& error) {
            if (error.failure_class() != FailureClass::not_yet) throw;
            if (!absent) absent = error;
            continue;
        }
        return inspect(source, {.root = root.address, .path = path, .facts = facts}, name, readiness);
    }
    choice_.note_absent(root, name);
    throw *absent;
}

void Upstream::refuse_short(const LeadName& name, const LeadFile& file, const Source& source) const {
    if (settings_.short_files == Short::accepted) return;
    const auto why = sizes_.why_short(name, file);
    if (why.empty()) return;
    const auto written = file.facts.last_modified.value_or(settings_.clock.now());
    const bool may_be_replaced = settings_.clock.now() - written < short_held_back;
    throw OwnRefusal(fmt::format("'{}' is held back, since it looks cut off: {}; --accept-short takes it as it is",
                                 source.address(file.path), why),
                     may_be_replaced ? FailureClass::not_yet : FailureClass::permanent);
}

Taken Upstream::take_from(const Root& root, Source& source, LeadFile file, const LeadName& name,
                          const Take& take) const {
    const auto once = [&] {
        auto entries = take.select(file.inventory);
        const auto fetches = planned_fetches(file, entries, take.limits);
        source.expect(fetches.size() + 1);
        const auto result = download(source, file, fetches, take.start());
        return Taken{.file = file, .entries = std::move(entries), .download = result};
    };
    try {
        return once();
    } catch (const DamagedMessage&) {
        // Either the inventory is not that of this file, or the file is broken: the file itself tells which.
        file.inventory = walked_inventory(source, file.path, file.facts.length, name.cycle, window_at(root));
    }
    return once();
}

}  // namespace gfs
