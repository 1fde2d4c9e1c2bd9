// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/workshop.hpp"

#include "freshet/digest.hpp"
#include "store/state_file.hpp"
#include "worker/process_runner.hpp"
#include "worker/thread_runner.hpp"
#include "worker/toolbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

namespace freshet::run {

namespace {

/// An operator may want more attempts at once than the run began with; threads are made when they are needed.
constexpr int most_threads = 64;

std::string user_name() {
    const char* user = std::getenv("USER");
    return user ? user : "unknown";
}

/// As Luigi's workers name themselves, so that their pages and ours read alike.
std::string luigi_name(const std::string& salt, int workers) {
    const store::Owner self = store::this_process("", Time{});
    return fmt::format("Worker(salt={}, workers={}, host={}, username={}, pid={})", salt, workers, self.host, user_name(), self.pid);
}

}  // namespace

Workshop::Workshop(const Registry& registry, const SessionOptions& options, const SessionParts& parts, worker::Nursery* nursery)
    : registry_(registry),
      options_(options),
      parts_(parts),
      nursery_(nursery),
      run_id_(options.run_id.empty() ? uuid4() : options.run_id),
      salt_(fmt::format("{:010}", std::random_device{}())) {
    worker_id_ = luigi_name(salt_, options.workers);
    if (options_.handles_signals)
        stops_.emplace([this] {
            mailbox_.put(worker::Nudge{});
            const std::lock_guard lock(mutex_);
            on_stop_();
        });
}

void Workshop::on_stop(std::function<void()> notice) {
    const std::lock_guard lock(mutex_);
    on_stop_ = std::move(notice);
}

Json::Object Workshop::worker_info() const {
    const store::Owner self = store::this_process("", Time{});
    return {{"salt", salt_},           {"workers", options_.workers}, {"host", self.host},
            {"username", user_name()}, {"pid", self.pid},             {"first_task", options_.first_task}};
}

std::vector<TaskReport> Workshop::work(worker::Plan& plan, Employment employment) {
    worker::Toolbox toolbox(parts_.clock);
    const int threads_at_most = employment.sharing ? std::max(most_threads, options_.workers) : options_.workers;
    worker::ThreadRunner threads(threads_at_most, toolbox.tools(), mailbox_);
    std::optional<worker::ProcessRunner> processes;
    if (nursery_) processes.emplace(*nursery_, registry_, parts_.clock, mailbox_, worker::ProcessRunner::Options{});
    worker::Runner& isolated = processes ? static_cast<worker::Runner&>(*processes) : threads;

    worker::Worker worker(registry_, plan,
                          {.clock = parts_.clock,
                           .scheduler = employment.scheduler,
                           .threads = threads,
                           .processes = isolated,
                           .mailbox = mailbox_,
                           .observer = employment.observer,
                           .stops = [this] { return stops(); },
                           .between = std::move(employment.between),
                           .held = employment.held,
                           .chance = chance()},
                          {.id = worker_id_,
                           .slots = employment.slots,
                           .run_id = run_id_,
                           .traceparent = options_.traceparent,
                           .code_version = options_.version,
                           .info = worker_info(),
                           .wait_until = options_.wait_until,
                           .ping_interval = employment.ping_interval,
                           .sharing = std::move(employment.sharing)});
    worker.run();
    return worker.reports();
}

std::function<double()> Workshop::chance() {
    return [generator = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(generator);
    };
}

}  // namespace freshet::run
