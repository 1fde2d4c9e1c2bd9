// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.hpp"

#include "api/responses.hpp"
#include "api/test_instances.hpp"
#include "base/config.hpp"
#include "base/files.hpp"
#include "dashboard/change_routes.hpp"
#include "dashboard/pages.hpp"
#include "dashboard/visualiser.hpp"
#include "freshet/digest.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "store/attempt_log_folder.hpp"
#include "store/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

namespace freshet::daemon {

namespace {

constexpr const char* program = "freshetd";

/// Makes any error but a full disk and a locked file a ConfigError, which a restart does not cure.
store::StateFile open_state(const DaemonConfig& config, Time now) {
    try {
        return store::StateFile::open_exclusive(config.state_path, store::this_process(program, now));
    } catch (const store::LockedError&) {
        throw;
    } catch (const DiskFullError&) {
        throw;
    } catch (const StoreError& error) {
        throw ConfigError(fmt::format("{} (use --state-path to choose another file)", error.what()));
    }
}

/// The room on the disk of the state below which the pages tell what the first of the rules tells.
std::uintmax_t min_free(const DaemonConfig& config) {
    std::uintmax_t most = default_min_free;
    for (const notify::Rule& rule : config.rules)
        if (rule.filter.accepts(notify::ProblemState::disk_full)) most = std::max(most, rule.filter.min_free);
    return most;
}

int server_threads() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 8U)); }

}  // namespace

Daemon::Daemon(const DaemonConfig& config, DaemonParts parts)
    : parts_(std::move(parts)),
      server_config_(config.server),
      listen_address_(checked_listen_address(config)),
      run_id_(uuid4()),
      state_(open_state(config, parts_.clock.now())) {
    state_.checkpoint_in_background();
    if (config.test_instances) instances_ = std::make_unique<api::TestInstances>(parts_.clock, parts_.log);
    const AccessConfig access_config = make_access_config(server_config_, config.cors);
    start_run();
    try {
        start(config, access_config);
    } catch (const std::exception& error) {
        registration_.reset();
        scheduler_loop_.reset();
        log_errors("record the end of the run", [&] { end_run(exit_status_of(error), error.what()); });
        throw;
    }
}

void Daemon::start(const DaemonConfig& config, const AccessConfig& access_config) {
    const Time now = parts_.clock.now();
    scheduler::SchedulerOptions options{.config = config.scheduler, .run_id = run_id_, .seed = std::random_device{}()};
    options.config.records_runs = true;
    options.config.holds_failed_tasks = true;
    scheduler_.emplace(state_, parts_.log, std::move(options), now);
    const scheduler::SchedulerState& state = scheduler_->machine().state();
    state_summary_ = fmt::format("with {} tasks and {} workers in '{}'", state.tasks.index().count(),
                                 state.workers.all().size(), config.state_path.string());
    maintenance_.emplace(MaintenanceParts{.state = state_,
                                          .clock = parts_.clock,
                                          .log = parts_.log,
                                          .sinks = config.sinks,
                                          .rules = config.rules,
                                          .state_folder = std::filesystem::absolute(config.state_path).parent_path(),
                                          .contact = scheduler_contact(server_config_, listen_address_),
                                          .scheduler = scheduler_->machine().state(),
                                          .history_retention = server_config_.history_retention,
                                          .wake = [this] { waker_.wake(); }});
    scheduler_loop_.emplace(scheduler::SchedulerLoopParts{.scheduler = *scheduler_,
                                                          .clock = parts_.clock,
                                                          .log = parts_.log,
                                                          .on_tick = [this] { return on_tick(); },
                                                          .on_failure = parts_.on_failure});
    registration_.emplace(waker_, *scheduler_loop_);
    router_.emplace(*scheduler_loop_, parts_.clock,
                    api::RouterOptions{.access = access_config.access,
                                       .tokens = access_config.tokens,
                                       .path_prefix = server_config_.path_prefix,
                                       .audit_backends = parts_.audit_backends,
                                       .instances = instances_.get(),
                                       .error_page = [this](int status, const std::string& reason) {
                                           return pages_->error(status, reason);
                                       }});
    add_pages(config);
    serve();
}

void Daemon::add_pages(const DaemonConfig& config) {
    attempt_logs_.emplace(store::attempt_logs_folder(config.state_path), server_config_.history_retention);
    const dashboard::Inspect inspect = [this](auto visitor) { scheduler_loop_->inspect(std::move(visitor)); };
    pages_.emplace(inspect, parts_.clock,
                   dashboard::PagesOptions{.version = FRESHET_VERSION,
                                           .state_path = config.state_path,
                                           .logs = &*attempt_logs_,
                                           .min_free = min_free(config),
                                           .configured_sinks = maintenance_->sink_names(),
                                           .tick_latency = [this] { return scheduler_loop_->tick_latency(); },
                                           .rejected_requests = [this] { return scheduler_loop_->rejected_requests(); },
                                           .refused_changes = [this] { return refused_changes(); },
                                           .stalls = [this] { return scheduler_loop_->stalls(); },
                                           .query =
                                               [this](auto request, auto on_done, auto is_connected) {
                                                   scheduler_loop_->query(std::move(request), std::move(on_done),
                                                                          std::move(is_connected));
                                               }});
    live_updates_.emplace([this] { return scheduler_loop_->last_change(); });
    for (api::Route& route : dashboard::page_routes(*pages_)) router_->add(std::move(route));
    for (api::Route& route : dashboard::task_action_routes(*scheduler_loop_, inspect)) router_->add(std::move(route));
    router_->add(dashboard::attempt_log_route(*attempt_logs_));
    for (api::Route& route : dashboard::live_routes(*live_updates_)) router_->add(std::move(route));
    router_->add(event_route());
    if (!config.server.visualiser_dir) return;
    for (api::Route& route : dashboard::visualiser_routes(*config.server.visualiser_dir))
        router_->add(std::move(route));
}

/// Resends events or gives them up, for the command `events` of a pipeline.
api::Route Daemon::event_route() {
    const auto change_events = [this](const api::RequestContext& context, const http::Responder& respond) {
        const auto change = event::EventChange::from_json(context.arguments);
        maintenance_->change_events(change, [change, respond](const std::optional<event::ChangedEvents>& changed) {
            if (!changed) return respond([] { return api::error_response(503, "the disk is full"); });
            respond([json = changed->to_json(change)] { return api::json_response(json); });
        });
        scheduler_loop_->wake();
    };
    return {.id = "undelivered.change",
            .path = "/undelivered",
            .methods = {"POST"},
            .roles = api::Role::operate,
            .effect = api::Effect::changes,
            .handler = change_events};
}

/// Those of the backend that refused last.
scheduler::RejectedRequests Daemon::refused_changes() const {
    scheduler::RejectedRequests refused;
    for (const api::AuditBackend* backend : parts_.audit_backends)
        if (auto one = backend->refused_changes(); one.count > refused.count) refused = std::move(one);
    return refused;
}

void Daemon::serve() {
    http::ServerOptions options{
        .port = server_config_.port,
        .unix_socket = server_config_.unix_socket,
        .threads = server_threads(),
        .check_header = [this](const http::Request& header) { return router_->check_header(header); }};
    if (!server_config_.unix_socket) options.address = listen_address_;
    server_.emplace(options, [this](http::Request request, http::Responder answer) {
        router_->handle(std::move(request), std::move(answer));
    });
}

Daemon::~Daemon() {
    scheduler_loop_->stop_parking();
    live_updates_->stop();
    server_.reset();
    live_updates_.reset();
    registration_.reset();
    scheduler_loop_.reset();
    log_errors("deliver the last events", [&] { maintenance_->finish(); });
    log_errors("close the state", [&] { end_run(ExitStatus::success, "stopped by a signal"); });
}

void Daemon::log_errors(const char* what, const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& error) {
        parts_.log.write(
            {.level = LogLevel::error, .event = "freshetd.end", .message = fmt::format("{}: {}", what, error.what())});
    }
}

std::string Daemon::address() const {
    if (server_config_.unix_socket) return fmt::format("unix:{}", server_config_.unix_socket->string());
    const bool is_ipv6 = listen_address_.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", is_ipv6 ? "[" : "", listen_address_, is_ipv6 ? "]" : "", server_->port());
}

void Daemon::reload(const DaemonConfig& config) {
    ServerConfig server_config = merge_reloaded_config(server_config_, config.server, listen_address_);
    AccessConfig access_config = make_access_config(server_config, config.cors);
    server_config_.token_file = std::move(server_config.token_file);
    router_->set_access(std::move(access_config.access), std::move(access_config.tokens));
    {
        const std::lock_guard lock(mutex_);
        pending_config_ = config.scheduler;
    }
    scheduler_loop_->wake();
}

std::optional<Time> Daemon::on_tick() {
    std::optional<scheduler::Config> pending_config;
    {
        const std::lock_guard lock(mutex_);
        pending_config = std::exchange(pending_config_, std::nullopt);
    }
    if (!pending_config) return maintenance_->on_tick();
    const Time now = parts_.clock.now();
    scheduler_->configure(std::move(pending_config->resources), std::move(pending_config->rates), now);
    return now;  // tick again: parked requests may be served now
}

void Daemon::check_liveness(std::function<void()> alive) {
    scheduler_loop_->inspect([alive = std::move(alive)](const scheduler::StateMachine&, Time) { alive(); });
}

void Daemon::start_run() {
    const store::LockHolder self = store::this_process(program, parts_.clock.now());
    store::StateTables tables(state_);
    auto transaction = state_.begin();
    for (const std::string& run_id : tables.open_runs())
        tables.end_run(run_id, self.since, std::nullopt, "the process died");
    tables.start_run({.run_id = run_id_,
                      .started = self.since,
                      .program = program,
                      .command = program,
                      .host = self.host,
                      .pid = self.pid});
    transaction.commit(store::Durability::crash);
}

void Daemon::end_run(ExitStatus code, std::string_view summary) {
    auto transaction = state_.begin();
    store::StateTables(state_).end_run(run_id_, parts_.clock.now(), static_cast<int>(code), summary);
    transaction.commit(store::Durability::power_cut);
}

}  // namespace freshet::daemon
