// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/child_process.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <csignal>

namespace freshet::process {

using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptStatus;
using worker::LogLine;
using worker::Message;

ChildProcess::ChildProcess(Attempt attempt, Services services)
    : attempt_(std::move(attempt)),
      services_(std::move(services)),
      clock_(services_.clock),
      started_(clock_.now()),
      timeout_(worker::timeout_of(attempt_)),
      lines_([this](const std::string& line) {
          services_.send(LogLine{attempt_.token, line});
      }) {}

bool ChildProcess::launch(const std::function<bool(int messages, int output)>& send_request) {
    Pipe messages = make_pipe();
    Pipe output = make_pipe();
    if (!send_request(messages.writer.get(), output.writer.get())) return false;
    messages_ = std::move(messages.reader);
    output_ = std::move(output.reader);
    return true;
}

bool ChildProcess::start() {
    if (timeout_.count() > 0) deadline_ = clock_.steady_now() + timeout_;
    PacketPipe inbox;
    if (attempt_.task.type().accepts_messages) inbox = make_packet_pipe();
    inbox_ = std::move(inbox.writer);
    return launch([&](int messages, int output) {
        return request_attempt(services_.fork_server, attempt_, messages, output,
                               inbox.reader ? inbox.reader.get() : -1);
    });
}

bool ChildProcess::report_failure(AttemptResult result) {
    is_reporting_ = true;
    deadline_ = clock_.steady_now() + services_.grace;
    termination_reason_ = "on_failure took too long";  // non-empty: terminate_if_overdue() kills at once
    result_ = std::move(result);
    return launch([&](int messages, int output) {
        return request_failure_report(services_.fork_server, attempt_, result_->failure, messages, output);
    });
}

void ChildProcess::terminate_if_overdue() {
    if (clock_.steady_now() < deadline_) return;
    if (termination_reason_.empty()) {
        terminate(fmt::format("took longer than {}", readable_duration(timeout_)));
    } else {
        deadline_ = never;
        kill();
    }
}

void ChildProcess::terminate(const std::string& reason) {
    if (!termination_reason_.empty()) return;
    termination_reason_ = reason;
    deadline_ = clock_.steady_now() + services_.grace;
    request_signal(services_.fork_server, attempt_.token, SIGTERM);
}

void ChildProcess::send(const worker::IncomingMessage& message) const {
    if (inbox_ && send_packet(inbox_, to_json(message).text())) return;
    services_.send(LogLine{attempt_.token, "a message to it was dropped: it does not take its messages", true});
}

void ChildProcess::kill() const { request_signal(services_.fork_server, attempt_.token, SIGKILL); }

void ChildProcess::read_output() {
    read_available(output_, [&](std::string_view bytes) { lines_.append(bytes); });
    read_available(messages_, [&](std::string_view bytes) { decode(bytes); });
}

void ChildProcess::decode(std::string_view bytes) {
    decoder_.append(bytes);
    while (const auto text = decoder_.next()) {
        try {
            on_message(message_from_json(Json::parse(*text), attempt_.token, services_.registry));
        } catch (const Error& error) {
            on_message(AttemptResult{.token = attempt_.token,
                                     .failure = {FailureClass::permanent, error.what()},
                                     .started = started_,
                                     .ended = clock_.now()});
        }
    }
}

void ChildProcess::on_message(Message message) {
    auto* result = std::get_if<AttemptResult>(&message);
    if (!result)
        services_.send(std::move(message));
    else if (!is_reporting_)
        result_ = std::move(*result);
}

AttemptResult ChildProcess::result(const std::string& exit_description, const std::string& left) {
    drain(output_, [&](std::string_view bytes) { lines_.append(bytes); });
    drain(messages_, [&](std::string_view bytes) { decode(bytes); });
    lines_.finish();
    if (!left.empty()) services_.send(LogLine{attempt_.token, left, true});
    has_reported_ = result_.has_value();
    AttemptResult result = result_ ? std::move(*result_) : crash_result(exit_description);
    if (result.status != AttemptStatus::failed || is_reporting_) return result;
    if (has_reported_ && !termination_reason_.empty()) worker::mark_transient(result, termination_reason_);
    if (!left.empty()) result.failure.message += "; " + left;
    return result;
}

AttemptResult ChildProcess::crash_result(const std::string& exit_description) {
    AttemptResult result{.token = attempt_.token, .started = started_, .ended = clock_.now()};
    result.failure = {FailureClass::transient, termination_reason_.empty() ? exit_description : termination_reason_};
    if (const std::string last = lines_.last(); !last.empty())
        result.failure.message += fmt::format("; last lines: {}", last);
    TargetAttempt attempt{.token = attempt_.token, .lease = attempt_.lease};
    worker::abandon_outputs(attempt_.task, result, attempt, result.failure);
    return result;
}

}  // namespace freshet::process
