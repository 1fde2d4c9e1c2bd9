// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "freshet/text.hpp"
#include "run/attempt_logs.hpp"
#include "run/event_delivery.hpp"
#include "run/run_callbacks.hpp"
#include "run/state_owner.hpp"
#include "run/worker_host.hpp"
#include "store/attempt_log_folder.hpp"
#include "target/unfinished.hpp"
#include "task/range_scope.hpp"
#include "worker/attempt.hpp"
#include "worker/invalidation.hpp"
#include "worker/staleness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace freshet::run {

namespace {

/// Throws what a target throws.
std::string missing_outputs(const AnyTask& task) {
    std::string first;
    std::string unfinished;
    std::size_t missing = 0;
    const auto outputs = task.outputs();
    for (const AnyTarget& output : outputs) {
        if (output.exists()) continue;
        if (missing++ == 0) first = output.address();
        if (unfinished.empty() && output.path()) unfinished = target::describe_unfinished(*output.path());
    }
    if (outputs.empty()) return task.type().has_outputs ? "it has no output" : "it reports that it is not complete";
    if (missing == 0) return "it reports that it is not complete, although its outputs exist";
    if (!unfinished.empty()) return unfinished;
    if (missing == 1) return fmt::format("'{}' does not exist", first);
    return fmt::format("'{}' and {} other output{} do not exist", first, missing - 1, missing == 2 ? "" : "s");
}

std::string reason_of_incomplete(const worker::Node& node) {
    switch (node.task.type().kind) {
        case TaskKind::wrapper:
            return "a requirement is not complete";
        case TaskKind::external:
            return missing_outputs(node.task) + " (external task)";
        case TaskKind::task:
            return missing_outputs(node.task);
    }
    return {};
}

}  // namespace

std::int64_t SessionResult::undelivered_events() const {
    std::int64_t count = 0;
    for (const SinkBacklog& backlog : undelivered)
        if (backlog.is_configured) count += backlog.undelivered();
    return count;
}

std::string reason_of(const worker::Node& node) {
    constexpr std::string_view unknown = "cannot determine whether it is complete: {}";
    if (node.exclusion != worker::Exclusion::none) return node.error;
    if (!node.error.empty()) return fmt::format(unknown, node.error);
    if (node.is_complete) return "it is complete";
    try {
        return reason_of_incomplete(node);
    } catch (...) {
        return fmt::format(unknown, worker::caught_failure().failure.message);
    }
}

bool would_run(const worker::Node& node) {
    return !node.is_complete && node.error.empty() && node.task.type().kind == TaskKind::task;
}

std::vector<TaskResult> results_of_complete(const worker::Plan& plan) {
    std::vector<TaskResult> results;
    results.reserve(plan.size());
    for (std::size_t node = 0; node < plan.size(); ++node)
        results.push_back({.task = plan[node].task, .status = TaskStatus::complete});
    return results;
}

namespace {

bool needs_processes(const Registry& registry, Engine engine) {
    if (engine == Engine::slurm) return false;
    return std::ranges::any_of(registry.types(), [engine](const TaskType* type) {
        return type->isolation == Isolation::process ||
               (type->isolation == Isolation::slurm && engine == Engine::local);
    });
}

bool emits_events(const worker::Plan& plan) {
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (plan[node].task.type().emits_events) return true;
    return false;
}

/// One run: forks the fork server if there are tasks with processes of their own, makes the plan, then runs it with an
/// embedded or a remote scheduler.
class Session {
public:
    Session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
            const SessionParts& parts)
        : registry_(registry),
          options_(options),
          parts_(parts),
          fork_server_(start_fork_server(registry, options.engine)),
          roots_(tasks_until(roots, options.selection.until)),
          rerun_(tasks_to_rerun(roots_, options.selection.rerun, "rerun")),
          plan_(make_plan()),
          has_stale_(std::ranges::any_of(find_stale(&plan_), &worker::StaleTask::will_rerun)) {}

    SessionResult run() { return options_.scheduler ? run_with_remote_scheduler() : run_with_embedded_scheduler(); }

private:
    bool moves_outputs() const { return has_stale_ || !rerun_.empty(); }
    bool has_work() const { return moves_outputs() || !plan_.roots_are_complete(); }

    /// The plan of the roots and of what runs again, which a complete root would hide.
    worker::Plan make_plan(const worker::Plan* earlier = nullptr) {
        const detail::RangeScope::RunsAgain is_replaced = [this](const AnyTask& task) {
            return stale_outputs_.contains(task.id());
        };
        const detail::RangeScope scope(is_replaced);
        std::vector<AnyTask> tasks = roots_;
        tasks.insert(tasks.end(), rerun_.begin(), rerun_.end());
        tasks.insert(tasks.end(), replaced_.begin(), replaced_.end());
        worker::Plan plan = worker::make_plan(tasks, earlier, options_.max_tasks, stale_outputs_);
        if (options_.selection.except.empty()) return plan;
        const ReducedPlan reduced = leave_out(plan, options_.selection.except);
        left_out_.clear();
        if (reduced.left_out > 0)
            left_out_ = fmt::format("left out: {} of {}, and {} that require{} {}", reduced.left_out,
                                    joined(options_.selection.except, ", "), reduced.dependents,
                                    reduced.dependents == 1 ? "s" : "", reduced.left_out == 1 ? "it" : "them");
        return worker::make_plan(reduced.roots, &plan, options_.max_tasks, stale_outputs_);
    }

    std::vector<worker::StaleTask> find_stale(const worker::Plan* plan = nullptr) const {
        return worker::has_rerun_policy(registry_) ? worker::find_stale(roots_, plan)
                                                   : std::vector<worker::StaleTask>{};
    }

    /// Lets the tasks run again that are to, and stale ones whose policy says so. Stale files stay until others are
    /// published in their place.
    void move_outputs_aside() {
        const Time now = parts_.clock.now();
        for (const worker::PublishedOutput& published : worker::published_outputs(rerun_))
            parts_.observer.notified(
                fmt::format("{} runs again: {}", published.task.description(), worker::invalidate(published, now)));
        for (const worker::StaleTask& stale : find_stale())
            if (stale.will_rerun) parts_.observer.notified(run_again(stale));
    }

    std::string run_again(const worker::StaleTask& stale) {
        const std::string text = fmt::format("{} is stale and runs again: {}", stale.task.description(), stale.reason);
        std::vector<std::string> receipts = worker::receipts_of_files(stale.task);
        if (receipts.empty()) return text + "; " + worker::retire(stale.task);
        stale_outputs_.emplace(stale.task.id(), std::move(receipts));
        replaced_.push_back(stale.task);
        return text;
    }

    void tell_plan() {
        if (!left_out_.empty()) parts_.observer.notified(left_out_);
        parts_.observer.planned(plan_);
    }

    SessionResult run_with_remote_scheduler() {
        if (moves_outputs()) {
            move_outputs_aside();
            plan_ = make_plan();
        }
        tell_plan();
        const bool serves = options_.scheduler->idle_timeout.has_value();
        if (plan_.roots_are_complete() && !serves && !emits_events(plan_)) return all_complete_result();
        WorkerHost worker_host(registry_, options_, parts_, fork_server());
        return run_remotely(worker_host, plan_, options_, parts_of(worker_host));
    }

    SessionResult run_with_embedded_scheduler() {
        const bool was_complete = !has_work();
        if (was_complete && !(options_.state && std::filesystem::exists(*options_.state))) {
            tell_plan();
            return all_complete_result();
        }
        auto state = open_state(was_complete ? std::nullopt : options_.wait_until, was_complete);
        if (!state && was_complete) {
            tell_plan();  // nothing to run; the holder of the state delivers pending events
            return all_complete_result();
        }
        // The holder of the state, or the previous one, may have completed missing tasks.
        if (moves_outputs()) move_outputs_aside();
        const bool is_recent = !moves_outputs() && !has_waited_;
        if (!was_complete) plan_ = make_plan(is_recent ? &plan_ : nullptr);
        tell_plan();
        WorkerHost worker_host(registry_, options_, parts_, fork_server());
        std::optional<store::LivenessLock> liveness_lock;
        if (options_.state) liveness_lock.emplace(*options_.state, worker_host.run_id());
        if (state) return run_locally(worker_host, plan_, options_, parts_of(worker_host), *state);
        SessionOptions options = options_;
        options.scheduler = RemoteOptions{.address = state_address(*options_.state)};
        return run_with_shared_state(worker_host, plan_, options, parts_of(worker_host));
    }

    SessionParts parts_of(const WorkerHost& worker_host) const {
        return {.clock = worker_host.clock(), .log = parts_.log, .observer = parts_.observer};
    }

    /// Opens the state; returns nothing if another process holds it and shares it, or if this run can do without it.
    /// Waits for one that holds it for a moment. While one holds it and does not share it, tries again until the
    /// deadline, if there is one.
    std::optional<store::StateFile> open_state(const std::optional<Time>& wait_until, bool is_optional) {
        if (!options_.state) return store::StateFile::in_memory();
        constexpr std::chrono::milliseconds lock_check_interval{500};  // the kernel tells nobody of a free lock
        MomentaryHolder momentary_holder(parts_.clock);
        for (bool has_told = false;;) {
            try {
                store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
                self.is_sharing = !options_.is_exclusive;
                return store::StateFile::open_exclusive(*options_.state, self);
            } catch (const store::LockedError& error) {
                if (momentary_holder.was_waited_for(error)) continue;
                if (is_optional) return std::nullopt;
                if (error.mode() == store::LockMode::shared && !options_.is_exclusive && rerun_.empty()) {
                    parts_.observer.notified(fmt::format("{}; both runs share it", error.what()));
                    return std::nullopt;
                }
                if (!wait_until || parts_.clock.now() >= *wait_until) throw;
                if (!std::exchange(has_told, true))
                    parts_.observer.notified(
                        fmt::format("{}; waiting until {}", error.what(), format_utc(*wait_until)));
            }
            has_waited_ = true;
            std::this_thread::sleep_for(lock_check_interval);
        }
    }

    SessionResult all_complete_result() const { return {{.tasks = results_of_complete(plan_)}}; }

    /// Forks before there is a thread, an open state or a target's connection that a child could inherit.
    static std::optional<process::ForkServer> start_fork_server(const Registry& registry, Engine engine) {
        if (!needs_processes(registry, engine)) return std::nullopt;
        return process::ForkServer::start(registry);
    }
    process::ForkServer* fork_server() { return fork_server_ ? &*fork_server_ : nullptr; }

    const Registry& registry_;
    const SessionOptions& options_;
    SessionParts parts_;
    std::optional<process::ForkServer> fork_server_;  ///< before the plan, which asks the targets
    const std::vector<AnyTask> roots_;
    const std::vector<AnyTask> rerun_;      ///< tasks to run again on request
    std::string left_out_{};                ///< what --except leaves out, for people
    std::vector<AnyTask> replaced_{};       ///< stale ones whose outputs stay until then
    worker::StaleOutputs stale_outputs_{};  ///< theirs
    worker::Plan plan_;
    const bool has_stale_;     ///< tasks that run again according to their policy
    bool has_waited_ = false;  ///< for another run, since the plan was made
};

}  // namespace

SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts) {
    if (options.workers == 0 && !options.scheduler)
        throw ParameterError(
            "a run with 0 workers only registers its tasks, for workers of the same scheduler: it needs --scheduler "
            "URL");
    const auto began = parts.clock.steady_now();
    std::optional<AttemptLogFiles> log_files;
    std::optional<AttemptLogs> logs;
    if (options.state)
        logs.emplace(parts.observer, parts.clock, log_files.emplace(store::attempt_logs_folder(*options.state)));
    RunCallbacks callbacks(logs ? *logs : parts.observer, options.observer, options.wait_until);
    SessionResult result =
        Session(registry, roots, options, {.clock = parts.clock, .log = parts.log, .observer = callbacks}).run();
    callbacks.finish(result);
    result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(parts.clock.steady_now() - began);
    return result;
}

}  // namespace freshet::run

namespace freshet {

bool BuildResult::succeeded() const {
    return std::all_of(tasks.begin(), tasks.end(), [](const TaskResult& task) {
        return task.status == TaskStatus::done || task.status == TaskStatus::complete;
    });
}

}  // namespace freshet
