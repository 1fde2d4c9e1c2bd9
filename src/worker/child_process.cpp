// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/child_process.hpp"

#include "base/time.hpp"
#include "target/leftovers.hpp"
#include "target/names.hpp"
#include "worker/attempt_json.hpp"
#include "worker/pipe.hpp"

#include <fmt/format.h>

#include <csignal>

namespace freshet::worker {

ChildProcess::ChildProcess(Attempt attempt, Surrounding surrounding)
    : attempt_(std::move(attempt)),
      surrounding_(std::move(surrounding)),
      started_(surrounding_.clock.now()),
      timeout_(timeout_of(attempt_.task)),
      lines_([this](const std::string& line) { surrounding_.send(LogLine{attempt_.token, line}); }) {}

bool ChildProcess::ask(const std::function<bool(int news, int output)>& ask_nursery) {
    Pipe news = make_pipe();
    Pipe output = make_pipe();
    if (!ask_nursery(news.writer.get(), output.writer.get())) return false;
    news_ = std::move(news.reader);
    output_ = std::move(output.reader);
    return true;
}

bool ChildProcess::start() {
    if (timeout_.count() > 0) due_ = surrounding_.clock.steady_now() + timeout_;
    return ask([&](int news, int output) { return ask_for_attempt(surrounding_.nursery, attempt_, news, output); });
}

bool ChildProcess::report_failure(AttemptResult result) {
    is_reporting_ = true;
    due_ = surrounding_.clock.steady_now() + surrounding_.grace;
    ended_because_ = "on_failure took too long";  // so that being overdue kills at once
    result_ = std::move(result);
    return ask([&](int news, int output) {
        return ask_for_failure_report(surrounding_.nursery, attempt_, result_->failure, news, output);
    });
}

void ChildProcess::end_if_overdue() {
    if (surrounding_.clock.steady_now() < due_) return;
    if (ended_because_.empty()) {
        end(fmt::format("took longer than {}", readable_duration(timeout_)));
    } else {
        due_ = never;
        kill();
    }
}

void ChildProcess::end(const std::string& reason) {
    if (!ended_because_.empty()) return;
    ended_because_ = reason;
    due_ = surrounding_.clock.steady_now() + surrounding_.grace;
    ask_for_signal(surrounding_.nursery, attempt_.token, SIGTERM);
}

void ChildProcess::kill() const { ask_for_signal(surrounding_.nursery, attempt_.token, SIGKILL); }

void ChildProcess::kill_group() const {
    if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

void ChildProcess::listen() {
    drain(output_, [&](std::string_view bytes) { lines_.append(bytes); });
    listen_to_news();
}

void ChildProcess::listen_to_news() {
    drain(news_, [&](std::string_view bytes) { frames_.append(bytes); });
    while (const auto text = frames_.next()) {
        try {
            take(message_from_json(Json::parse(*text), attempt_.token, surrounding_.registry));
        } catch (const Error& error) {
            take(AttemptResult{.token = attempt_.token,
                               .failure = {FailureClass::permanent, error.what()},
                               .started = started_,
                               .ended = surrounding_.clock.now()});
        }
    }
}

void ChildProcess::take(Message message) {
    auto* result = std::get_if<AttemptResult>(&message);
    if (!result)
        surrounding_.send(std::move(message));
    else if (!is_reporting_)
        result_ = std::move(*result);
}

AttemptResult ChildProcess::result(const std::string& how) {
    listen();
    lines_.finish();
    if (!result_) return died(how);
    has_reported_ = true;
    if (result_->ending == Ending::failed && !is_reporting_ && !ended_because_.empty()) excuse(*result_, ended_because_);
    return std::move(*result_);
}

AttemptResult ChildProcess::died(const std::string& how) {
    remove_remains();
    AttemptResult result{.token = attempt_.token, .started = started_, .ended = surrounding_.clock.now()};
    result.failure = {FailureClass::transient, ended_because_.empty() ? how : ended_because_};
    if (const std::string last = lines_.last(); !last.empty())
        result.failure.message += fmt::format(", after it printed: {}", last);
    return result;
}

void ChildProcess::remove_remains() const {
    try {
        for (const AnyTarget& output : attempt_.task.outputs())
            if (output.path()) target::remove_remains(target::normal_path(*output.path()), attempt_.token);
    } catch (const std::exception&) {
        // They are invisible, and the next attempt sweeps them.
    }
}

}  // namespace freshet::worker
