// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/process_runner.hpp"

#include "freshet/error.hpp"
#include "process/child_process.hpp"
#include "process/child_setup.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

namespace freshet::process {

using worker::Attempt;
using worker::AttemptResult;
using worker::Mailbox;
using worker::Message;

namespace {

constexpr std::string_view fork_server_lost_message = "the fork server is gone";

/// Describes the end of an attempt that sent no result.
std::string describe_exit(int wait_status) {
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL)
        return describe_wait_status(wait_status) + ", perhaps out of memory";
    if (WIFSIGNALED(wait_status)) return describe_wait_status(wait_status);
    return fmt::format("its process ended with {} before the task finished", describe_wait_status(wait_status));
}

}  // namespace

ProcessRunner::ProcessRunner(const ForkServer& fork_server, const Registry& registry, const Clock& clock,
                             Mailbox<Message>& mailbox, Options options)
    : fork_server_(fork_server),
      registry_(registry),
      clock_(clock),
      mailbox_(mailbox),
      options_(options),
      wake_(std::make_shared<FileDescriptor>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
    if (!*wake_) throw Error("start the process runner: " + system_error_text(errno));
    mailbox_.on_room([wake = wake_] { ::eventfd_write(wake->get(), 1); });
    thread_ = std::thread([this] { run_loop(); });
}

ProcessRunner::~ProcessRunner() {
    enqueue(Shutdown{});
    thread_.join();
}

void ProcessRunner::start(Attempt attempt) { enqueue(Start{std::move(attempt)}); }

void ProcessRunner::cancel(const std::string& token) { enqueue(Cancel{token}); }

void ProcessRunner::send(const std::string& token, worker::IncomingMessage message) {
    enqueue(Send{token, std::move(message)});
}

void ProcessRunner::enqueue(Command command) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    ::eventfd_write(wake_->get(), 1);
}

void ProcessRunner::run_loop() {
    while (!is_stopping_ || !children_.empty()) {
        wait_for_events();
        handle_commands();
        for (const auto& child : children_)
            if (may_read()) child->read_output();
        terminate_overdue();
    }
}

/// Messages of attempts that are to be killed are not sent.
bool ProcessRunner::may_read() { return is_stopping_ || mailbox_.has_room(); }

void ProcessRunner::wait_for_events() {
    std::vector<pollfd> polled{{wake_->get(), POLLIN, 0}};
    polled.push_back({is_fork_server_lost_ ? -1 : fork_server_.socket().get(), POLLIN, 0});
    auto deadline = ChildProcess::never;
    const bool reads = may_read();
    for (const auto& child : children_) {
        polled.push_back({reads ? child->messages() : -1, POLLIN, 0});
        polled.push_back({reads ? child->output() : -1, POLLIN, 0});
        deadline = std::min(deadline, child->deadline());
    }
    int wait = -1;
    if (deadline != ChildProcess::never) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.steady_now()).count();
        wait = static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
    }
    ::poll(polled.data(), polled.size(), wait);
    if (polled[1].revents) on_fork_server_event();
}

void ProcessRunner::handle_commands() {
    eventfd_t count = 0;
    ::eventfd_read(wake_->get(), &count);
    std::vector<Command> commands;
    {
        const std::lock_guard lock(mutex_);
        commands.swap(commands_);
    }
    for (Command& command : commands) std::visit([this](auto& each) { handle(each); }, command);
}

void ProcessRunner::handle(Start& start) {
    if (is_stopping_) return;
    const std::string token = start.attempt.token;
    AttemptResult failed{.token = token, .started = clock_.now(), .ended = clock_.now()};
    try {
        auto child = std::make_unique<ChildProcess>(
            std::move(start.attempt),
            ChildProcess::Services{fork_server_, registry_, clock_, options_.grace, [this](Message message) {
                                       if (!is_stopping_) worker::put_report(mailbox_, std::move(message));
                                   }});
        if (!is_fork_server_lost_ && child->start()) {
            children_.push_back(std::move(child));
            return;
        }
        failed.failure = {FailureClass::transient, std::string(fork_server_lost_message)};
    } catch (const Error& error) {
        failed.failure = {error.failure_class(), error.what()};
    }
    deliver(std::move(failed));
}

void ProcessRunner::handle(Cancel& cancel) {
    if (const std::size_t index = find(cancel.token); index < children_.size())
        children_[index]->terminate("cancelled");
}

void ProcessRunner::handle(Send& send) {
    if (const std::size_t index = find(send.token); index < children_.size()) children_[index]->send(send.message);
}

void ProcessRunner::handle(Shutdown&) {
    is_stopping_ = true;
    for (const auto& child : children_) child->kill();
}

void ProcessRunner::on_fork_server_event() {
    const auto event = receive_child_event(fork_server_);
    if (!event) return on_fork_server_lost();
    const std::size_t index = find(event->token);
    if (index == children_.size()) return;
    switch (event->type) {
        case ChildEvent::Type::ended:
            finish(index, describe_exit(event->wait_status), event->left);
            break;
        case ChildEvent::Type::not_started:
            finish(index, fmt::format("start a process: {}", event->reason), "");
            break;
    }
}

void ProcessRunner::terminate_overdue() {
    for (const auto& child : children_) child->terminate_if_overdue();
}

void ProcessRunner::finish(std::size_t index, const std::string& exit_description, const std::string& left) {
    ChildProcess& child = *children_[index];
    AttemptResult result = child.result(exit_description, left);
    if (child.must_report_failure() && !is_stopping_ && child.report_failure(result)) return;
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
    deliver(std::move(result));
}

/// The attempts' supervisors kill all that they have started.
void ProcessRunner::on_fork_server_lost() {
    is_fork_server_lost_ = true;
    for (const auto& child : children_) deliver(child->result(std::string(fork_server_lost_message)));
    children_.clear();
}

std::size_t ProcessRunner::find(const std::string& token) const {
    const auto found =
        std::find_if(children_.begin(), children_.end(), [&](const auto& child) { return child->token() == token; });
    return static_cast<std::size_t>(found - children_.begin());
}

void ProcessRunner::deliver(AttemptResult result) {
    if (!is_stopping_) mailbox_.put(std::move(result));
}

}  // namespace freshet::process
