// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/daemon.hpp"

#include "app/listening.hpp"
#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "run/configuration_error.hpp"
#include "scheduler/api/test_instances.hpp"
#include "scheduler/board.hpp"
#include "scheduler/page/page_routes.hpp"
#include "scheduler/state.hpp"
#include "store/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

namespace freshet::app {

namespace {

constexpr const char* program = "freshetd";

/// Other errors with the state than a full disk and another owner go away only when somebody sees to them.
store::StateFile own_state(const Configuration& configuration, Time now) {
    try {
        return store::StateFile::own(configuration.state_path, store::this_process(program, now));
    } catch (const store::OwnedError&) {
        throw;
    } catch (const store::DiskFullError&) {
        throw;
    } catch (const StoreError& error) {
        throw run::ConfigurationError(fmt::format("{} (--state-path names another file)", error.what()));
    }
}

int server_threads() { return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 8U)); }

}  // namespace

Daemon::Daemon(const Configuration& configuration, DaemonParts parts)
    : parts_(std::move(parts)),
      settings_(configuration.server),
      listens_on_(checked_address(configuration)),
      run_id_(uuid4()),
      state_(own_state(configuration, parts_.clock.now())) {
    state_.checkpoint_in_background();
    if (configuration.test_instances) instances_ = std::make_unique<scheduler::TestInstances>(parts_.clock, parts_.log);
    const Entrance entrance = entrance_of(settings_, configuration.cors);
    start_run();
    try {
        begin(configuration, entrance);
    } catch (const std::exception& error) {
        hung_.reset();
        thread_.reset();
        quietly("end the run", [&] { end_run(exit_code_of(error), error.what()); });
        throw;
    }
}

void Daemon::begin(const Configuration& configuration, const Entrance& entrance) {
    const Time now = parts_.clock.now();
    scheduler_.emplace(state_, parts_.log,
                       scheduler::SchedulerOptions{
                           .config = configuration.scheduler, .run_id = run_id_, .seed = std::random_device{}()},
                       now);
    const scheduler::Board& board = scheduler_->state().board();
    contents_ = fmt::format("with {} tasks and {} workers in '{}'", board.tasks.index().count(),
                            board.workers.all().size(), configuration.state_path.string());
    housekeeping_.emplace(HousekeepingParts{.state = state_,
                                            .clock = parts_.clock,
                                            .log = parts_.log,
                                            .sinks = configuration.sinks,
                                            .history_kept = settings_.history_kept,
                                            .wake = [this] { bell_.ring(); }});
    thread_.emplace(scheduler::SchedulerThreadParts{.scheduler = *scheduler_,
                                                    .clock = parts_.clock,
                                                    .log = parts_.log,
                                                    .between = [this] { return between(); },
                                                    .failed = parts_.failed});
    hung_.emplace(bell_, *thread_);
    api_.emplace(*thread_, parts_.clock,
                 scheduler::ApiOptions{.access = entrance.access,
                                       .tokens = entrance.tokens,
                                       .path_prefix = settings_.path_prefix,
                                       .audits = parts_.audits,
                                       .instances = instances_.get()});
    add_pages(configuration);
    serve();
}

void Daemon::add_pages(const Configuration& configuration) {
    pages_.emplace([this](auto see) { thread_->look(std::move(see)); }, parts_.clock,
                   scheduler::page::PagesOptions{.version = FRESHET_VERSION,
                                                 .state_path = configuration.state_path,
                                                 .loop_times = [this] { return thread_->loop_times(); },
                                                 .refusals = [this] { return thread_->refusals(); }});
    for (scheduler::Route& route : scheduler::page::page_routes(*pages_)) api_->add(std::move(route));
}

void Daemon::serve() {
    http::ServerOptions options{
        .port = settings_.port, .unix_socket = settings_.unix_socket, .threads = server_threads()};
    if (!settings_.unix_socket) options.address = listens_on_;
    server_.emplace(options, [this](http::Request request, http::Answer answer) {
        api_->handle(std::move(request), std::move(answer));
    });
}

Daemon::~Daemon() {
    thread_->hold_no_more();
    server_.reset();
    hung_.reset();
    thread_.reset();
    quietly("deliver the last events", [&] { housekeeping_->finish(); });
    quietly("close the state", [&] { end_run(ExitCode::done, "stopped as asked"); });
}

void Daemon::quietly(const char* what, const std::function<void()>& action) {
    try {
        action();
    } catch (const std::exception& error) {
        parts_.log.write(
            {.level = LogLevel::error, .event = "freshetd.end", .message = fmt::format("{}: {}", what, error.what())});
    }
}

std::string Daemon::address() const {
    if (settings_.unix_socket) return fmt::format("unix:{}", settings_.unix_socket->string());
    const bool is_ipv6 = listens_on_.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", is_ipv6 ? "[" : "", listens_on_, is_ipv6 ? "]" : "", server_->port());
}

void Daemon::reload(const Configuration& configuration) {
    ServerSettings settings = reloaded(settings_, configuration.server, listens_on_);
    Entrance entrance = entrance_of(settings, configuration.cors);
    settings_.token_file = std::move(settings.token_file);
    api_->admit(std::move(entrance.access), std::move(entrance.tokens));
    {
        const std::lock_guard lock(mutex_);
        told_ = configuration.scheduler;
    }
    thread_->wake();
}

std::optional<Time> Daemon::between() {
    std::optional<scheduler::Config> told;
    {
        const std::lock_guard lock(mutex_);
        told = std::exchange(told_, std::nullopt);
    }
    if (!told) return housekeeping_->between();
    const Time now = parts_.clock.now();
    scheduler_->configure(std::move(told->resources), std::move(told->rates), now);
    return now;  // whoever waits for work may get some at once
}

void Daemon::ask_whether_alive(std::function<void()> alive) {
    thread_->look([alive = std::move(alive)](const scheduler::State&, Time) { alive(); });
}

void Daemon::start_run() {
    const store::Owner self = store::this_process(program, parts_.clock.now());
    store::Journal journal(state_);
    auto transaction = state_.begin();
    journal.end_lost_runs(self.since, "the process died");
    journal.start_run({.run_id = run_id_,
                       .started = self.since,
                       .program = program,
                       .command = program,
                       .host = self.host,
                       .pid = self.pid});
    transaction.commit(store::Durability::crash);
}

void Daemon::end_run(ExitCode code, std::string_view summary) {
    auto transaction = state_.begin();
    store::Journal(state_).end_run(run_id_, parts_.clock.now(), static_cast<int>(code), summary);
    transaction.commit(store::Durability::power_cut);
}

}  // namespace freshet::app
