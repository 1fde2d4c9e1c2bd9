// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "run/local_session.hpp"
#include "run/planned.hpp"
#include "run/remote_session.hpp"

#include <algorithm>

namespace freshet::run {

namespace {

bool wants_processes(const Registry& registry) {
    return std::any_of(registry.types().begin(), registry.types().end(),
                       [](const TaskType* type) { return type->isolation == Isolation::process; });
}

bool has_announcements(const worker::Plan& plan) {
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (plan[node].task.type().announces) return true;
    return false;
}

/// One run, which begins with its plan.
class Session {
public:
    Session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options, const SessionParts& parts)
        : registry_(registry), roots_(roots), options_(options), parts_(parts), plan_(worker::make_plan(roots)) {}

    SessionResult run() { return options_.scheduler ? run_elsewhere() : run_here(); }

private:
    SessionResult run_elsewhere() {
        parts_.observer.planned(plan_);
        const bool serves = options_.scheduler->serves.has_value();
        if (is_complete(plan_) && !serves && !has_announcements(plan_)) return nothing_to_do();
        start_nursery(!is_complete(plan_) || serves);
        Workshop workshop(registry_, options_, parts_, nursery());
        return run_remotely(workshop, plan_, options_, parts_);
    }

    SessionResult run_here() {
        const bool was_complete = is_complete(plan_);
        if (was_complete && !(options_.state && std::filesystem::exists(*options_.state))) {
            parts_.observer.planned(plan_);
            return nothing_to_do();
        }
        start_nursery(!was_complete);
        const store::Owner self = store::this_process(options_.command, parts_.clock.now());
        std::optional<store::StateFile> state;
        try {
            state.emplace(options_.state ? store::StateFile::own(*options_.state, self) : store::StateFile::in_memory());
        } catch (const store::OwnedError&) {
            if (!was_complete) throw;
            parts_.observer.planned(plan_);  // nothing to do; events that wait are the owner's to deliver
            return nothing_to_do();
        }
        // Whoever owned the state until now may have completed what was missing.
        if (!was_complete) plan_ = worker::make_plan(roots_);
        parts_.observer.planned(plan_);
        Workshop workshop(registry_, options_, parts_, nursery());
        return run_locally(workshop, plan_, options_, parts_, *state);
    }

    SessionResult nothing_to_do() const { return {{.tasks = reports_of_complete(plan_)}}; }

    /// Forked before there is a thread or an open state that a child could inherit.
    void start_nursery(bool is_work_to_do) {
        if (is_work_to_do && wants_processes(registry_)) nursery_.emplace(worker::Nursery::start(registry_));
    }
    worker::Nursery* nursery() { return nursery_ ? &*nursery_ : nullptr; }

    const Registry& registry_;
    const std::vector<AnyTask>& roots_;
    const SessionOptions& options_;
    SessionParts parts_;
    worker::Plan plan_;
    std::optional<worker::Nursery> nursery_;
};

}  // namespace

SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts) {
    const auto began = parts.clock.steady_now();
    SessionResult result = Session(registry, roots, options, parts).run();
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(parts.clock.steady_now() - began);
    return result;
}

}  // namespace freshet::run
