// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/worker_host.hpp"

#include "base/config.hpp"
#include "freshet/digest.hpp"
#include "process/process_runner.hpp"
#include "process/thread_runner.hpp"
#include "run/exit_status.hpp"
#include "run/summary.hpp"
#include "slurm/slurm_runner.hpp"
#include "store/state_file.hpp"
#include "worker/attempt.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <random>
#include <variant>

namespace freshet::run {

namespace {

/// As Python's getpass.getuser(), for Luigi's workers: a service and a container have no USER.
std::string user_name() {
    if (const char* user = std::getenv("USER"); user && *user) return user;
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? entry->pw_name : std::to_string(::getuid());
}

/// The id in the form of Luigi's workers, as the scheduler's page shows it.
std::string luigi_worker_id(const std::string& salt, int workers) {
    const store::LockHolder self = store::this_process("", Time{});
    return fmt::format("Worker(salt={}, workers={}, host={}, username={}, pid={})", salt, workers, self.host,
                       user_name(), self.pid);
}

/// Far below the priorities that authors give.
constexpr double backfill_priority = -1000;

/// Lets a backfill's tasks come after all others, and no more of them be run at once than it says, by whichever worker.
/// Others that register the same tasks raise their priority again: a scheduler keeps the highest.
class BackfillClient final : public worker::SchedulerClient {
public:
    /// Sets the limit.
    BackfillClient(worker::SchedulerClient& scheduler, const Backfill& backfill)
        : scheduler_(scheduler), backfill_(backfill) {
        if (backfill_.max_running)
            scheduler_.call({rpc::UpdateResource{.resource = backfill_.resource, .amount = *backfill_.max_running}});
    }

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        std::vector<rpc::Request> changed = requests;
        for (rpc::Request& request : changed) {
            if (auto* task = std::get_if<rpc::AddTask>(&request)) change(*task);
            if (auto* tasks = std::get_if<rpc::RegisterTasks>(&request))
                for (rpc::AddTask& task : tasks->tasks) change(task);
        }
        return scheduler_.call(changed);
    }

private:
    void change(rpc::AddTask& task) const {
        task.priority += backfill_priority;
        if (!backfill_.max_running) return;
        if (!task.resources) task.resources.emplace();
        task.resources->emplace(backfill_.resource, 1);
    }

    worker::SchedulerClient& scheduler_;
    const Backfill& backfill_;
};

/// The options of the jobs of a run. Throws ConfigError when there is no place for their folder.
SlurmOptions slurm_options(const SessionOptions& options) {
    SlurmOptions slurm = options.slurm;
    if (slurm.folder.empty()) {
        if (!options.state)
            throw ConfigError("run attempts in Slurm: without a state beside which it could be, a folder is required");
        slurm.folder = *options.state;
        slurm.folder += ".slurm";
    }
    slurm.folder = std::filesystem::absolute(slurm.folder);
    return slurm;
}

/// The runners of a worker, each where it is needed.
class Runners {
public:
    Runners(const Registry& registry, const SessionOptions& options, const Clock& clock,
            const process::ForkServer* fork_server, worker::Mailbox<worker::Message>& mailbox)
        : engine_(options.engine), services_(clock), threads_(services_.attempt_services(), mailbox) {
        if (fork_server) processes_.emplace(*fork_server, registry, clock, mailbox, process::ProcessRunner::Options{});
        if (needs_jobs(registry)) jobs_.emplace(registry, clock, mailbox, slurm_options(options));
    }

    worker::Runner& threads() { return engine_ == Engine::slurm ? jobs() : threads_; }
    worker::Runner& processes() {
        if (engine_ == Engine::slurm) return jobs();
        return processes_ ? static_cast<worker::Runner&>(*processes_) : threads_;
    }
    worker::Runner& jobs() { return jobs_ ? *jobs_ : processes(); }

private:
    bool needs_jobs(const Registry& registry) const {
        if (engine_ != Engine::by_class) return engine_ == Engine::slurm;
        return std::ranges::any_of(registry.types(),
                                   [](const TaskType* type) { return type->isolation == Isolation::slurm; });
    }

    const Engine engine_;
    worker::ProcessServices services_;
    process::ThreadRunner threads_;
    std::optional<process::ProcessRunner> processes_;
    std::optional<slurm::SlurmRunner> jobs_;
};

}  // namespace

std::vector<int> StopSignals::handled_signals() {
    std::vector<int> signals{SIGTERM, SIGUSR1};
    for (const int signal : {SIGINT, SIGHUP})
        if (!is_ignored(signal)) signals.push_back(signal);
    return signals;
}

WorkerHost::WorkerHost(const Registry& registry, const SessionOptions& options, const SessionParts& parts,
                       process::ForkServer* fork_server)
    : registry_(registry),
      options_(options),
      parts_(parts),
      clock_(parts.clock),
      fork_server_(fork_server),
      run_id_(options.run_id.empty() ? uuid4() : options.run_id),
      salt_(fmt::format("{:010}", std::random_device{}())) {
    worker_id_ = luigi_worker_id(salt_, options.workers);
    const auto on_stop_request = [this] {
        mailbox_.put(worker::Wakeup{});
        const std::lock_guard lock(mutex_);
        on_stop_();
    };
    if (options_.handles_signals) stop_signals_.emplace(on_stop_request);
    stop_callback_.emplace(options_.stop, on_stop_request);
}

int WorkerHost::stop_count() const {
    return std::max(stop_signals_ ? stop_signals_->count() : 0, options_.stop.stop_requested() ? 1 : 0);
}

void WorkerHost::on_stop(std::function<void()> on_signal) {
    const std::lock_guard lock(mutex_);
    on_stop_ = std::move(on_signal);
}

std::function<void()> WorkerHost::waker() {
    return [this] { mailbox_.put(worker::Wakeup{}); };
}

Json::Object WorkerHost::worker_info(bool has_run) const {
    const store::LockHolder self = store::this_process("", Time{});
    Json::Object info{{"salt", salt_},     {"workers", options_.workers},
                      {"host", self.host}, {"username", user_name()},
                      {"pid", self.pid},   {"first_task", options_.first_task}};
    if (!has_run) return info;
    Json run = Json::object();
    run[rpc::run_keys::run_id] = run_id_;
    run[rpc::run_keys::program] = options_.program;
    run[rpc::run_keys::command] = options_.command;
    info.emplace_back(rpc::run_keys::run, std::move(run));
    return info;
}

void WorkerHost::report_end(const SessionResult& result, worker::SchedulerClient& scheduler) const {
    Json end = Json::object();
    end[rpc::run_keys::exit_code] = static_cast<int>(exit_status_of(result));
    end[rpc::run_keys::summary] = one_line_summary(result);
    try {
        scheduler.call({rpc::AddWorker{.worker = worker_id_, .info = {{std::string(rpc::run_keys::run_end), end}}}});
    } catch (const Error& error) {
        parts_.observer.notified(fmt::format("record the end of the run: {}", error.what()));
    }
}

std::vector<TaskResult> WorkerHost::run_worker(worker::Plan& plan, WorkerSetup setup) {
    Runners runners(registry_, options_, parts_.clock, fork_server_, mailbox_);

    std::optional<BackfillClient> backfill;
    if (options_.backfill) backfill.emplace(setup.scheduler, *options_.backfill);
    worker::SchedulerClient& scheduler = backfill ? static_cast<worker::SchedulerClient&>(*backfill) : setup.scheduler;

    worker::Worker worker(registry_, plan,
                          {.clock = clock_,
                           .scheduler = scheduler,
                           .threads = runners.threads(),
                           .processes = runners.processes(),
                           .jobs = runners.jobs(),
                           .mailbox = mailbox_,
                           .observer = setup.observer,
                           .stop_requests = [this] { return stop_count(); },
                           .on_tick = std::move(setup.on_tick),
                           .long_poll = setup.long_poll,
                           .on_leases = std::move(setup.on_leases),
                           .jitter = jitter()},
                          {.id = worker_id_,
                           .slots = options_.workers,
                           .family_limits = options_.family_limits,
                           .run_id = run_id_,
                           .traceparent = options_.traceparent,
                           .code_version = options_.version,
                           .info = worker_info(setup.records_run),
                           .wait_until = options_.wait_until,
                           .default_timeout = options_.default_timeout,
                           .fail_fast = options_.fail_fast,
                           .ping_interval = setup.ping_interval,
                           .scheduler_kind = setup.scheduler_kind,
                           .has_other_workers = std::move(setup.has_other_workers),
                           .families = std::move(setup.families),
                           .idle_timeout = setup.idle_timeout,
                           .has_explanations = setup.has_explanations});
    worker.run();
    return worker.results();
}

std::function<double()> WorkerHost::jitter() {
    return [generator = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(generator);
    };
}

}  // namespace freshet::run
