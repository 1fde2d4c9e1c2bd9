// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/process_runner.hpp"

#include "freshet/error.hpp"
#include "worker/child_process.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <sys/wait.h>

namespace freshet::worker {

namespace {

constexpr std::string_view nursery_gone = "the process that starts attempts is gone";

/// How an attempt ended that told no result.
std::string describe_death(int wait_status) {
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL)
        return describe_wait_status(wait_status) + ", perhaps for want of memory";
    if (WIFSIGNALED(wait_status)) return describe_wait_status(wait_status);
    return fmt::format("its process ended with {} in the middle of the task", describe_wait_status(wait_status));
}

}  // namespace

ProcessRunner::ProcessRunner(const Nursery& nursery, const Registry& registry, const Clock& clock,
                             Mailbox<Message>& mailbox, Options options)
    : nursery_(nursery),
      registry_(registry),
      clock_(clock),
      mailbox_(mailbox),
      options_(options),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wake_) throw Error("starting the process runner: " + system_error_text(errno));
    thread_ = std::thread([this] { work(); });
}

ProcessRunner::~ProcessRunner() {
    give(End{});
    thread_.join();
}

void ProcessRunner::start(Attempt attempt) { give(Start{std::move(attempt)}); }

void ProcessRunner::cancel(const std::string& token) { give(Cancel{token}); }

void ProcessRunner::give(Command command) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    ::eventfd_write(wake_.get(), 1);
}

void ProcessRunner::work() {
    while (!is_ending_ || !children_.empty()) {
        wait_for_news();
        obey_commands();
        for (const auto& child : children_) child->listen();
        end_overdue();
    }
}

void ProcessRunner::wait_for_news() {
    std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
    watched.push_back({is_nursery_gone_ ? -1 : nursery_.socket().get(), POLLIN, 0});
    auto due = ChildProcess::never;
    for (const auto& child : children_) {
        watched.push_back({child->news(), POLLIN, 0});
        watched.push_back({child->output(), POLLIN, 0});
        due = std::min(due, child->due());
    }
    int wait = -1;
    if (due != ChildProcess::never) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - clock_.steady_now()).count();
        wait = static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
    }
    ::poll(watched.data(), watched.size(), wait);
    if (watched[1].revents) hear_nursery();
}

void ProcessRunner::obey_commands() {
    eventfd_t count = 0;
    ::eventfd_read(wake_.get(), &count);
    std::vector<Command> commands;
    {
        const std::lock_guard lock(mutex_);
        commands.swap(commands_);
    }
    for (Command& command : commands) std::visit([this](auto& its) { obey(its); }, command);
}

void ProcessRunner::obey(Start& start) {
    if (is_ending_) return;
    const std::string token = start.attempt.token;
    AttemptResult failed{.token = token, .started = clock_.now(), .ended = clock_.now()};
    try {
        auto child = std::make_unique<ChildProcess>(
            std::move(start.attempt), ChildProcess::Surrounding{nursery_, registry_, clock_, options_.grace, [this](Message message) {
                                                                    if (!is_ending_) mailbox_.put(std::move(message));
                                                                }});
        if (!is_nursery_gone_ && child->start()) {
            children_.push_back(std::move(child));
            return;
        }
        failed.failure = {FailureClass::transient, std::string(nursery_gone)};
    } catch (const Error& error) {
        failed.failure = {error.failure_class(), error.what()};
    }
    deliver(std::move(failed));
}

void ProcessRunner::obey(Cancel& cancel) {
    if (const std::size_t index = find(cancel.token); index < children_.size()) children_[index]->end("cancelled");
}

void ProcessRunner::obey(End&) {
    is_ending_ = true;
    for (const auto& child : children_) child->kill();
}

void ProcessRunner::hear_nursery() {
    const auto news = receive_child_news(nursery_);
    if (!news) return lose_nursery();
    const std::size_t index = find(news->token);
    if (index == children_.size()) return;
    switch (news->what) {
        case ChildNews::What::started:
            children_[index]->set_pid(news->number);
            break;
        case ChildNews::What::ended:
            finish(index, describe_death(news->number));
            break;
        case ChildNews::What::not_started:
            finish(index, fmt::format("no process could be started: {}", news->reason));
            break;
    }
}

void ProcessRunner::end_overdue() {
    for (const auto& child : children_) child->end_if_overdue();
}

void ProcessRunner::finish(std::size_t index, const std::string& how) {
    ChildProcess& child = *children_[index];
    AttemptResult result = child.result(how);
    if (child.must_report_failure() && !is_ending_ && child.report_failure(result)) return;
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
    deliver(std::move(result));
}

void ProcessRunner::lose_nursery() {
    is_nursery_gone_ = true;
    for (const auto& child : children_) {
        child->kill_group();
        deliver(child->result(std::string(nursery_gone)));
    }
    children_.clear();
}

std::size_t ProcessRunner::find(const std::string& token) const {
    const auto found = std::find_if(children_.begin(), children_.end(), [&](const auto& child) { return child->token() == token; });
    return static_cast<std::size_t>(found - children_.begin());
}

void ProcessRunner::deliver(AttemptResult result) {
    if (!is_ending_) mailbox_.put(std::move(result));
}

}  // namespace freshet::worker
