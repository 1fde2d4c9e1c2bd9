// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "run/local_session.hpp"
#include "run/planned.hpp"
#include "run/remote_session.hpp"

#include <algorithm>

namespace freshet::run {

namespace {

bool needs_processes(const Registry& registry) {
    return std::any_of(registry.types().begin(), registry.types().end(),
                       [](const TaskType* type) { return type->isolation == Isolation::process; });
}

bool emits_events(const worker::Plan& plan) {
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (plan[node].task.type().emits_events) return true;
    return false;
}

/// One run, which begins with its plan.
class Session {
public:
    Session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
            const SessionParts& parts)
        : registry_(registry), roots_(roots), options_(options), parts_(parts), plan_(worker::make_plan(roots)) {}

    SessionResult run() { return options_.scheduler ? run_with_remote_scheduler() : run_with_embedded_scheduler(); }

private:
    SessionResult run_with_remote_scheduler() {
        parts_.observer.planned(plan_);
        const bool serves = options_.scheduler->idle_timeout.has_value();
        if (is_complete(plan_) && !serves && !emits_events(plan_)) return all_complete_result();
        start_fork_server(!is_complete(plan_) || serves);
        WorkerHost worker_host(registry_, options_, parts_, fork_server());
        return run_remotely(worker_host, plan_, options_, parts_);
    }

    SessionResult run_with_embedded_scheduler() {
        const bool was_complete = is_complete(plan_);
        if (was_complete && !(options_.state && std::filesystem::exists(*options_.state))) {
            parts_.observer.planned(plan_);
            return all_complete_result();
        }
        start_fork_server(!was_complete);
        const store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
        std::optional<store::StateFile> state;
        try {
            state.emplace(options_.state ? store::StateFile::open_exclusive(*options_.state, self)
                                         : store::StateFile::in_memory());
        } catch (const store::LockedError&) {
            if (!was_complete) throw;
            parts_.observer.planned(plan_);  // nothing to do; events that wait are the owner's to deliver
            return all_complete_result();
        }
        // Whoever owned the state until now may have completed what was missing.
        if (!was_complete) plan_ = worker::make_plan(roots_);
        parts_.observer.planned(plan_);
        WorkerHost worker_host(registry_, options_, parts_, fork_server());
        return run_locally(worker_host, plan_, options_, parts_, *state);
    }

    SessionResult all_complete_result() const { return {{.tasks = reports_of_complete(plan_)}}; }

    /// Forked before there is a thread or an open state that a child could inherit.
    void start_fork_server(bool is_work_to_do) {
        if (is_work_to_do && needs_processes(registry_)) fork_server_.emplace(process::ForkServer::start(registry_));
    }
    process::ForkServer* fork_server() { return fork_server_ ? &*fork_server_ : nullptr; }

    const Registry& registry_;
    const std::vector<AnyTask>& roots_;
    const SessionOptions& options_;
    SessionParts parts_;
    worker::Plan plan_;
    std::optional<process::ForkServer> fork_server_;
};

}  // namespace

SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts) {
    const auto began = parts.clock.steady_now();
    SessionResult result = Session(registry, roots, options, parts).run();
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(parts.clock.steady_now() - began);
    return result;
}

}  // namespace freshet::run
