// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/job.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace freshet::slurm {

namespace {

using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptStatus;
using worker::LogLine;
using worker::Message;
using worker::StatusMessage;

constexpr int max_submissions = 2;
constexpr int max_missed_lists = 2;
constexpr std::chrono::seconds file_delay{60};  // until NFS shows what a node has written, by default

}  // namespace

Job::Job(Attempt attempt, std::filesystem::path folder, Services services)
    : attempt_(std::move(attempt)),
      folder_(std::move(folder)),
      services_(std::move(services)),
      created_(services_.clock.now()),
      messages_(folder_) {
    create_attempt_folder(folder_, attempt_, services_.registry);
}

JobRequest Job::request(std::filesystem::path script) const {
    JobRequest request = request_for(attempt_);
    request.script = std::move(script);
    request.folder = folder_;
    return request;
}

void Job::on_submitted(std::string id) {
    ++submissions_;
    state_ = State::submitted;
    id_ = std::move(id);
    services_.send(LogLine{attempt_.token, fmt::format("is Slurm job {}", id_)});
}

void Job::on_submit_failed(const std::string& reason) {
    ++submissions_;
    state_ = State::in_doubt;
    submit_error_ = reason;
}

void Job::on_listed(const ListedJob* listed) {
    if (state_ == State::created) return;
    if (listed && state_ == State::in_doubt) on_submitted(listed->id);
    if (listed && !listed->has_ended()) {
        missed_lists_ = 0;
        return report(*listed);
    }
    read_messages([] { return true; });
    if (state_ == State::ended) return;
    if (listed) {
        on_ended(*listed);
    } else if (state_ == State::in_doubt) {
        if (submissions_ >= max_submissions) return fail(submit_error_);
        state_ = State::created;
    } else if (++missed_lists_ >= max_missed_lists) {
        fail(fmt::format("lost: Slurm does not know its job {} any more", id_));
    }
}

void Job::on_ended(const ListedJob& listed) {
    if (listed.state != "COMPLETED")
        return fail(fmt::format("lost: its Slurm job {} has ended as {}", id_, listed.state));
    const Instant now = services_.clock.steady_now();
    completed_at_ = completed_at_.value_or(now);
    if (now >= *completed_at_ + file_delay)
        fail(fmt::format("lost: its Slurm job {} is completed, but its result is not in '{}'", id_, folder_.string()));
}

void Job::report(const ListedJob& listed) {
    std::string status = fmt::format("Slurm job {}: {}", id_, listed.state);
    if (listed.is_pending()) status += fmt::format(" ({})", listed.reason);
    if (status == reported_) return;
    reported_ = status;
    services_.send(StatusMessage{attempt_.token, std::move(status)});
}

void Job::read_messages(const std::function<bool()>& goes_on) {
    if (state_ == State::ended) return;
    messages_.read(goes_on, [this](const std::string& text) {
        on_message(process::message_from_json(Json::parse(text), attempt_.token, services_.registry));
    });
}

void Job::on_message(Message message) {
    auto* result = std::get_if<AttemptResult>(&message);
    if (!result) return services_.send(std::move(message));
    result_ = std::move(*result);
    state_ = State::ended;
}

/// As after a process that has died without a result.
void Job::fail(const std::string& reason) {
    AttemptResult result{.token = attempt_.token, .started = created_, .ended = services_.clock.now()};
    result.failure = {FailureClass::transient, reason};
    if (const std::string last = last_output(folder_); !last.empty())
        result.failure.message += fmt::format("; last lines: {}", last);
    if (cancelled_at_) worker::mark_transient(result, "cancelled");
    TargetAttempt attempt{.token = attempt_.token, .lease = attempt_.lease};
    worker::abandon_outputs(attempt_.task, result, attempt, result.failure);
    result_ = std::move(result);
    is_lost_ = true;
    state_ = State::ended;
}

AttemptResult Job::result() { return std::move(*result_); }

}  // namespace freshet::slurm
