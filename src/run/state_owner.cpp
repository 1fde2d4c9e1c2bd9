// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/state_owner.hpp"

#include "base/printable.hpp"
#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "run/exit_status.hpp"
#include "run/summary.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "store/outbox.hpp"
#include "store/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <utility>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

constexpr auto ping_interval = 2s;         // of the own worker, whose thread may be busy
constexpr auto check_interval = 1s;        // of the processes of other workers
constexpr auto shared_after_use = 60s;     // a worker that waited for others asks once more within this time
constexpr std::int64_t batch_size = 1000;  // rows of the history that are deleted at once

std::optional<std::filesystem::path> folder_of(const std::optional<std::filesystem::path>& state) {
    return state ? std::optional(std::filesystem::absolute(*state).parent_path()) : std::nullopt;
}

/// The options by which the command `freshet` finds the state.
std::string contact_options(const std::optional<std::filesystem::path>& state) {
    return state ? "--state " + shell_word(std::filesystem::absolute(*state).native()) : "";
}

}  // namespace

std::vector<rpc::Response> LoopClient::call(const std::vector<rpc::Request>& requests, const std::stop_token& stop) {
    const auto reply = std::make_shared<std::optional<std::vector<rpc::Response>>>();
    loop_->submit(requests, [this, reply](std::vector<rpc::Response> responses) {
        const std::lock_guard lock(mutex_);
        *reply = std::move(responses);
        answered_.notify_all();
    });
    std::unique_lock lock(mutex_);
    answered_.wait(lock, stop, [&] { return reply->has_value() || failure_; });
    if (!reply->has_value() && failure_) std::rethrow_exception(failure_);
    if (!reply->has_value()) throw TransientError("wait for the scheduler: cancelled");
    for (const rpc::Response& response : **reply)
        if (const auto* unavailable = std::get_if<rpc::Unavailable>(&response))
            throw DiskFullError(unavailable->message);
    return std::move(**reply);
}

void LoopClient::fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
    answered_.notify_all();
}

worker::SchedulerAddress state_address(const std::filesystem::path& state) {
    const auto socket = store::socket_path(state);
    return {.url = "http+unix://" + percent_encoded(socket.native()), .name = socket.native()};
}

StateOwner::StateOwner(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                       WorkerHost& worker_host)
    : state_(state),
      options_(options),
      parts_(parts),
      worker_host_(worker_host),
      tables_(state),
      event_delivery_(state, options, parts, [this] { waker_.wake(); }) {
    const Time now = parts_.clock.now();
    if (!options.notifications.empty())
        notifier_.emplace(state_, parts_.log,
                          notify::NotifierOptions{.rules = options.notifications,
                                                  .state_folder = folder_of(options.state),
                                                  .source = "/" + options.program,
                                                  .contact = {.options = contact_options(options.state)}});
    tolerating_full_disk(parts_.observer, [&] { end_dead_runs(now); });
    scheduler_.emplace(state_, parts_.log, options_for_start(), now);
    has_loaded_ = true;
    // The workers of runs that used the state before.
    if (!scheduler_->machine().state().workers.all().empty()) shared_until_ = now + shared_after_use;
    loop_.emplace(scheduler::SchedulerLoopParts{
        .scheduler = *scheduler_,
        .clock = parts_.clock,
        .log = parts_.log,
        .on_tick = [this] { return on_tick(); },
        .on_failure = [this](std::exception_ptr error) { client_.fail(std::move(error)); }});
    registration_.emplace(waker_, *loop_);
}

StateOwner::~StateOwner() { stop(); }

/// Luigi's defaults, adapted to a scheduler on the machine of its workers, which is mostly alone with one.
scheduler::SchedulerOptions StateOwner::options_for_start() {
    scheduler::SchedulerOptions options{.run_id = worker_host_.run_id(), .seed = std::random_device{}()};
    options.is_dead = [this](const Json::Object& info) { return is_dead(info); };
    options.config.prune_on_get_work = true;
    options.config.stable_done_cooldown_secs = scheduler::Seconds(0);  // the plan has just checked every output
    options.config.records_runs = true;
    options.config.holds_failed_tasks = true;
    options.config.drops_ended_workers = false;
    options.config.resources = options_.limits;
    options.config.rates = options_.rates;
    if (options_.longest_pause) options.config.pause_limit = *options_.longest_pause;
    return options;
}

/// A worker that does not say to which run it belongs was saved by an earlier version, and is dead, or has come back
/// after a silence; then another silence shows its death.
bool StateOwner::is_dead(const Json::Object& worker_info) const {
    const std::string run_id = scheduler::run_id(worker_info);
    return run_id.empty() ? !has_loaded_ : !is_alive(run_id);
}

bool StateOwner::is_alive(const std::string& run_id) const {
    if (run_id == worker_host_.run_id()) return true;
    return options_.state && (!state_.has_lock_file() || store::is_alive(*options_.state, run_id));
}

void StateOwner::serve() {
    try {
        const auto socket = store::socket_path(*options_.state);
        std::error_code ignored;
        std::filesystem::remove(socket, ignored);  // the lock on the state proves that nobody serves there
        router_.emplace(*loop_, parts_.clock);
        server_.emplace(
            http::ServerOptions{.unix_socket = socket,
                                .threads = 1,
                                .check_header = [this](const auto& header) { return router_->check_header(header); }},
            [this](http::Request request, const http::Responder& respond) {
                shared_until_ = parts_.clock.now() + shared_after_use;  // before the request changes anything
                router_->handle(std::move(request), respond);
            });
    } catch (const Error& error) {
        parts_.observer.notified(fmt::format("{}: other runs cannot share the state", error.what()));
        state_.announce(store::this_process(options_.command, parts_.clock.now()));
    }
}

bool StateOwner::has_other_workers() const { return parts_.clock.now() < shared_until_.load(); }

/// Runs on the scheduler's thread after each tick.
std::optional<Time> StateOwner::on_tick() {
    const Time now = parts_.clock.now();
    const auto next_notification = notifier_ ? notifier_->on_tick(scheduler_->machine().state(), now) : std::nullopt;
    const auto next_own_work = earliest({next_notification, event_delivery_.poll_if_due()});
    if (next_ping_ <= now) ping(now);
    if (!has_other_workers()) return earliest({next_own_work, next_ping_});
    if (next_check_ <= now) drop_dead_workers(now);
    return earliest({next_own_work, next_ping_, next_check_});
}

void StateOwner::set_leases(rpc::Leases leases) {
    const std::lock_guard lock(leases_mutex_);
    leases_ = std::move(leases);
}

/// The heartbeat of the own worker: what operators tell it comes with the answer.
void StateOwner::ping(Time now) {
    rpc::Ping request{.worker = worker_host_.worker_id()};
    {
        const std::lock_guard lock(leases_mutex_);
        request.leases = leases_;
    }
    const auto responses = scheduler_->execute(std::vector<rpc::Request>{std::move(request)}, now);
    for (worker::Message& message : worker::messages_in(std::get<rpc::Messages>(responses.front())))
        worker_host_.mailbox().put(std::move(message));
    next_ping_ = now + ping_interval;
}

/// Lets others have the tasks of a run as soon as its process has ended.
void StateOwner::drop_dead_workers(Time now) {
    next_check_ = now + check_interval;
    if (scheduler_->drop_dead_workers(now)) {
        has_dead_runs_ = true;
        next_check_ = now;  // long polls are served at the beginning of a tick
    }
    if (has_dead_runs_) end_dead_runs(now);
}

void StateOwner::end_dead_runs(Time now) {
    std::vector<std::string> dead = tables_.open_runs();
    std::erase_if(dead, [this](const std::string& run_id) { return is_alive(run_id); });
    if (!dead.empty()) {
        auto transaction = state_.begin();
        for (const std::string& run_id : dead) {
            tables_.end_lost_attempts(run_id, now, "the process that ran it died");
            tables_.end_run(run_id, now, std::nullopt, "the process died");
        }
        transaction.commit(store::Durability::crash);
    }
    has_dead_runs_ = false;
}

void StateOwner::finish(SessionResult& result) {
    stop();
    tolerating_full_disk(parts_.observer, [&] { prune_history(); });
    const bool is_continued = has_successor();
    tolerating_full_disk(parts_.observer, [&] {
        if (notifier_ && !is_continued) notifier_->finish(scheduler_->machine().state(), parts_.clock.now());
        auto undelivered = event_delivery_.finish(result.was_stopped || is_continued);
        if (is_continued) return;
        result.undelivered = std::move(undelivered);
        if (exit_status_of(result) == ExitStatus::undelivered) record_end(result);
    });
}

/// Corrects the end that the run has recorded before it knew what is left undelivered.
void StateOwner::record_end(const SessionResult& result) {
    auto transaction = state_.begin();
    tables_.end_run(worker_host_.run_id(), parts_.clock.now(), static_cast<int>(exit_status_of(result)),
                    one_line_summary(result));
    transaction.commit(store::Durability::crash);
}

void StateOwner::prune_history() {
    const Time now = parts_.clock.now();
    auto transaction = state_.begin();
    const Time cutoff = store::retention_cutoff(tables_, now, history_retention);
    while (tables_.prune_history(cutoff, batch_size)) {
    }
    store::Outbox(state_).prune_delivered(cutoff, EventDelivery::sink_names(options_));
    transaction.commit(store::Durability::power_cut);
}

/// Returns true when another run will take the state over: one that lives and has not told its end here.
bool StateOwner::has_successor() {
    const auto runs = tables_.open_runs();
    return std::ranges::any_of(
        runs, [this](const std::string& run_id) { return run_id != worker_host_.run_id() && is_alive(run_id); });
}

void StateOwner::stop() {
    if (loop_) loop_->stop_parking();
    server_.reset();
    registration_.reset();
    loop_.reset();
}

}  // namespace freshet::run
