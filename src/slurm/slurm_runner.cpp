// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/slurm_runner.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace freshet::slurm {

namespace {

using worker::Attempt;
using worker::AttemptResult;
using worker::LogLine;
using worker::Message;

constexpr const char* not_submitted = "before it was submitted";
constexpr std::chrono::seconds grace{15};  // from SIGTERM to scancel: longer than a process gets within the job

/// The program that runs attempts in jobs, by default this one.
std::vector<std::string> command_of(const SlurmOptions& options) {
    if (!options.command.empty()) return options.command;
    return {std::filesystem::read_symlink("/proc/self/exe").string(), "run-attempt"};
}

/// By token; of several jobs of one attempt, one that has not ended.
std::map<std::string_view, const ListedJob*> by_token(const std::vector<ListedJob>& listed) {
    std::map<std::string_view, const ListedJob*> jobs;
    for (const ListedJob& job : listed)
        if (const ListedJob*& known = jobs[job.token]; !known || known->has_ended()) known = &job;
    return jobs;
}

std::vector<std::string> ids_of_live(const std::vector<ListedJob>& listed,
                                     const std::function<bool(const ListedJob&)>& is_one) {
    std::vector<std::string> ids;
    for (const ListedJob& job : listed)
        if (!job.has_ended() && is_one(job)) ids.push_back(job.id);
    return ids;
}

}  // namespace

SlurmRunner::SlurmRunner(const Registry& registry, const Clock& clock, worker::Mailbox<Message>& mailbox,
                         SlurmOptions options)
    : registry_(registry),
      clock_(clock),
      mailbox_(mailbox),
      options_(std::move(options)),
      queue_(clock, options_, stop_.get_token()),
      folder_(options_.folder, command_of(options_)),
      thread_([this] { run_loop(); }) {}

SlurmRunner::~SlurmRunner() {
    stop_.request_stop();
    thread_.join();
}

void SlurmRunner::start(Attempt attempt) {
    const std::lock_guard lock(mutex_);
    started_.push_back(std::move(attempt));
    changed_.notify_one();
}

void SlurmRunner::cancel(const std::string& token) {
    const std::lock_guard lock(mutex_);
    cancelled_.push_back(token);
    changed_.notify_one();
}

void SlurmRunner::send(const std::string& token, worker::IncomingMessage message) {
    worker::put_report(mailbox_, worker::MessageResponse{token, std::move(message.id),
                                                         "not delivered: the attempt runs in a Slurm job"});
}

void SlurmRunner::run_loop() {
    while (!stop_.stop_requested()) {
        handle_commands();
        if (jobs_.empty()) continue;
        read_messages();
        if (clock_.steady_now() >= next_inspection_) inspect_queue();
        if (is_reachable_) submit_jobs();
        finish_ended();
    }
    end_all();
}

void SlurmRunner::handle_commands() {
    std::vector<Attempt> started;
    std::vector<std::string> cancelled;
    {
        std::unique_lock lock(mutex_);
        const auto has_commands = [this] { return !started_.empty() || !cancelled_.empty(); };
        if (jobs_.empty())
            changed_.wait(lock, stop_.get_token(), has_commands);
        else
            changed_.wait_for(lock, stop_.get_token(), options_.folder_interval, has_commands);
        started.swap(started_);
        cancelled.swap(cancelled_);
    }
    for (Attempt& attempt : started) create_job(std::move(attempt));
    for (const std::string& token : cancelled) cancel_job(token);
}

void SlurmRunner::create_job(Attempt attempt) {
    AttemptResult failed{.token = attempt.token, .started = clock_.now(), .ended = clock_.now()};
    try {
        auto folder = folder_.attempt(attempt.token);
        jobs_.push_back(std::make_unique<Job>(
            std::move(attempt), std::move(folder),
            Job::Services{registry_, clock_, [this] { return mailbox_.has_room(); },
                          [this](Message message) { worker::put_report(mailbox_, std::move(message)); }}));
    } catch (...) {
        auto [failure, disk_full] = worker::caught_failure();
        failed.failure = {FailureClass::transient, std::move(failure.message)};
        failed.disk_full = disk_full;
        mailbox_.put(std::move(failed));
    }
}

/// Lets a running attempt end in order, and a pending one not begin.
void SlurmRunner::cancel_job(const std::string& token) {
    const auto found = std::ranges::find(jobs_, token, [](const auto& job) { return job->token(); });
    if (found == jobs_.end()) return;
    Job& job = **found;
    job.on_cancel(clock_.steady_now());
    if (job.state() == Job::State::created) return job.fail(not_submitted);
    next_inspection_ = clock_.steady_now();
    try {
        if (!job.id().empty()) queue_.terminate(job.id(), job.request(folder_.script()).name);
    } catch (const SlurmError&) {
        // It is pending, or Slurm is away: cancel_unwanted() follows.
    }
}

/// What it throws counts for the job only: its folder cannot be read, or holds what another program has written.
template <class Use>
void SlurmRunner::guard(Job& job, Use use) {
    try {
        use();
    } catch (const std::exception& error) {
        job.fail(error.what());
    }
}

void SlurmRunner::inspect_queue() {
    next_inspection_ = clock_.steady_now() + options_.queue_interval;
    try {
        const std::vector<ListedJob> listed = queue_.jobs();
        cancel_jobs_of_dead_workers(listed);
        cancel_unwanted(listed);
        if (!std::exchange(is_reachable_, true)) log("Slurm answers again", false);
        const auto jobs = by_token(listed);
        for (const auto& job : jobs_) {
            const auto found = jobs.find(job->token());
            guard(*job, [&] { job->on_listed(found == jobs.end() ? nullptr : found->second); });
        }
    } catch (const SlurmError& error) {
        if (std::exchange(is_reachable_, false))
            log(fmt::format("Slurm does not answer, and is waited for: {}", error.what()), true);
    }
}

void SlurmRunner::cancel_jobs_of_dead_workers(const std::vector<ListedJob>& listed) {
    try {
        collect_dead_runs(options_.folder, [&](const std::set<std::string>& tokens) {
            queue_.cancel(ids_of_live(listed, [&](const ListedJob& job) { return tokens.contains(job.token); }));
        });
    } catch (const SlurmError&) {
        throw;
    } catch (const std::exception&) {
        // A folder of others cannot be removed: the next inspection tries again.
    }
}

void SlurmRunner::cancel_unwanted(const std::vector<ListedJob>& listed) {
    queue_.cancel(ids_of_live(listed, [&](const ListedJob& job) { return is_unwanted(job); }));
}

bool SlurmRunner::is_unwanted(const ListedJob& listed) const {
    if (lost_.contains(listed.token)) return true;
    const auto found = std::ranges::find(jobs_, listed.token, [](const auto& job) { return job->token(); });
    if (found == jobs_.end() || !(*found)->cancelled_at()) return false;
    return listed.is_pending() || clock_.steady_now() >= *(*found)->cancelled_at() + grace;
}

void SlurmRunner::submit_jobs() {
    for (const auto& job : jobs_) {
        if (job->state() != Job::State::created) continue;
        if (job->cancelled_at()) {
            job->fail(not_submitted);
            continue;
        }
        try {
            job->on_submitted(queue_.submit(job->request(folder_.script())));
        } catch (const SlurmError& error) {
            job->on_submit_failed(error.what());
            next_inspection_ = clock_.steady_now();
            return;  // Slurm may be away
        }
    }
}

void SlurmRunner::read_messages() {
    for (const auto& job : jobs_) guard(*job, [&] { job->read_messages(); });
}

void SlurmRunner::finish_ended() {
    for (const auto& job : jobs_) {
        if (job->state() != Job::State::ended) continue;
        if (job->is_lost()) lost_.insert(job->token());
        mailbox_.put(job->result());
        try {
            remove_tree(job->folder());
        } catch (const Error&) {
            // It disappears with the run's folder.
        }
    }
    std::erase_if(jobs_, [](const auto& job) { return job->state() == Job::State::ended; });
}

void SlurmRunner::end_all() {
    for (const auto& job : jobs_) lost_.insert(job->token());
    if (lost_.empty()) return;
    try {
        cancel_unwanted(queue_.jobs());
    } catch (const SlurmError&) {
        folder_.leave_jobs();
    }
}

void SlurmRunner::log(const std::string& text, bool is_warning) {
    worker::put_report(mailbox_, LogLine{jobs_.front()->token(), text, is_warning});
}

}  // namespace freshet::slurm
