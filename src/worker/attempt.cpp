// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/attempt.hpp"

#include "base/files.hpp"
#include "base/host_name.hpp"
#include "base/monotonic_clock.hpp"
#include "target/receipt.hpp"
#include "target/staging.hpp"
#include "target/target_paths.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace freshet::worker {

namespace {

using target::StagedOutput;

/// scratch_target(), in a folder that is there, and in which nobody else can put anything.
std::filesystem::path private_scratch_target(const AnyTask& task) {
    std::filesystem::path target = scratch_target(task);
    const std::filesystem::path folder = target.parent_path();
    ::mkdir(folder.c_str(), S_IRWXU);
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::getuid())
        throw Error(fmt::format("make a scratch folder: '{}' is not a folder of this user's", folder.string()));
    return target;
}

/// True for exceptions that the same input causes again: those of misused parts of the standard library.
bool is_mistake(const std::exception& error) {
    return dynamic_cast<const std::logic_error*>(&error) || dynamic_cast<const std::bad_cast*>(&error) ||
           dynamic_cast<const std::bad_optional_access*>(&error) ||
           dynamic_cast<const std::bad_variant_access*>(&error) || dynamic_cast<const std::bad_function_call*>(&error);
}

/// Sets the result's failure from the current exception.
void set_failure(AttemptResult& result) {
    CaughtFailure caught = caught_failure();
    result.status = AttemptStatus::failed;
    result.failure = std::move(caught.failure);
    result.disk_full = caught.disk_full;
}

/// Sorts undeclared targets first, in order of creation, then the declared ones: the last of these completes the task.
std::vector<StagedOutput> in_publish_order(std::vector<StagedOutput> staged, const std::vector<AnyTarget>& declared) {
    const auto rank = [&](const StagedOutput& output) {
        const auto found = std::find_if(declared.begin(), declared.end(), [&](const AnyTarget& target) {
            return target.address() == output.target.native();
        });
        return found == declared.end() ? -1 : found - declared.begin();
    };
    std::stable_sort(staged.begin(), staged.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return staged;
}

/// None for a class that does not accept messages.
std::function<std::vector<TaskMessage>()> message_taker(const Attempt& attempt, const AttemptServices& services,
                                                        Reporter& reporter) {
    if (!attempt.task.type().accepts_messages) return {};
    return [&] {
        std::vector<TaskMessage> messages;
        if (!services.take_messages) return messages;
        for (IncomingMessage& message : services.take_messages())
            messages.emplace_back(std::move(message.id), std::move(message.content), reporter);
        return messages;
    };
}

/// A running attempt.
class AttemptRun {
public:
    struct Parts {
        const AttemptServices& services;
        const Clock& clock;
        Context& context;
        target::Staging& staging;
        TargetAttempt& target_attempt;
    };

    AttemptRun(const Attempt& attempt, const Parts& parts, AttemptResult& result)
        : attempt_(attempt),
          services_(parts.services),
          clock_(parts.clock),
          context_(parts.context),
          staging_(parts.staging),
          target_attempt_(parts.target_attempt),
          result_(result) {}

    void run() {
        const target::StagingScope scope(staging_, &target_attempt_);
        outputs_ = attempt_.task.outputs();
        for (const AnyTarget& output : outputs_) declare(output);
        if (!outputs_.empty()) note_inputs(attempt_.task.requirements());
        if (attempt_.task.run(context_) == Outcome::waiting)
            set_waiting();
        else
            finish();
    }

private:
    void declare(const AnyTarget& output) {
        if (!output.path()) return output.begin(target_attempt_);
        const std::filesystem::path file = target::normalized_path(*output.path());
        if (const auto aside = staging_.declare(file))
            context_.warn(fmt::format("'{}' was left unfinished by an attempt that did not end, and was moved to '{}'",
                                      file.string(), aside->string()));
    }

    /// Before run() uses them: what changes meanwhile may be in the outputs or not.
    void note_inputs(std::vector<AnyTask> required) {
        for (target::Input& input : target::lineage_of(std::move(required)))
            if (noted_.insert(input.address).second) inputs_.push_back(std::move(input));
    }

    void set_waiting() {
        if (context_.missing().empty())
            throw Error(fmt::format("{} returned Outcome::waiting, but all its requirements are complete",
                                    attempt_.task.description()));
        result_.status = AttemptStatus::waiting;
        result_.missing = context_.missing();
    }

    void finish() {
        for (const AnyTarget& output : outputs_)
            if (!output.is_published_target()) check_created(attempt_.task, output);
        staging_.adopt();
        if (!staging_.outputs().empty() || std::ranges::any_of(outputs_, &AnyTarget::is_published_target))
            stage_with_receipts();
        result_.staged = in_publish_order(staging_.release(), outputs_);
        result_.events = context_.emitted();
        result_.status = AttemptStatus::done;
    }

    void stage_with_receipts() {
        if (outputs_.empty()) note_inputs(attempt_.task.requirements());
        note_inputs(context_.required());
        target::add_digests(inputs_, services_.digests);
        const target::Provenance made = provenance();
        target::stage_receipts(staging_.outputs(), made);
        result_.staged_targets = stage_targets(attempt_.task, outputs_, target_attempt_, [&](const Content& content) {
            return to_json(target::Receipt{content, made});
        });
    }

    target::Provenance provenance() const {
        return {.family = std::string(attempt_.task.type().family),
                .task_id = attempt_.task.id(),
                .parameters = attempt_.task.values(),
                .inputs = inputs_,
                .code_version = attempt_.code_version,
                .attempt = attempt_.number,
                .run_id = attempt_.run_id,
                .host = host_name(),
                .started = result_.started,
                .ended = clock_.now(),
                .events = context_.emitted(),
                .metadata = context_.metadata()};
    }

    const Attempt& attempt_;
    const AttemptServices& services_;
    const Clock& clock_;
    Context& context_;
    target::Staging& staging_;
    TargetAttempt& target_attempt_;
    AttemptResult& result_;
    std::vector<AnyTarget> outputs_;
    std::vector<target::Input> inputs_;
    std::set<std::string> noted_;  ///< addresses of inputs_
};

}  // namespace

CaughtFailure caught_failure() {
    try {
        throw;
    } catch (const TransientError& error) {
        return {{error.failure_class(), error.what(), error.retry_after()},
                dynamic_cast<const DiskFullError*>(&error) != nullptr};
    } catch (const Error& error) {
        return {{error.failure_class(), error.what()}};
    } catch (const std::bad_alloc&) {
        return {{FailureClass::transient, "out of memory"}};
    } catch (const std::system_error& error) {
        return {{FailureClass::transient, error.what()}, error.code() == std::errc::no_space_on_device};
    } catch (const std::exception& error) {
        return {{is_mistake(error) ? FailureClass::permanent : FailureClass::transient, error.what()}};
    } catch (...) {
        return {{FailureClass::transient, "threw something other than a std::exception"}};
    }
}

std::chrono::milliseconds timeout_of(const Attempt& attempt) {
    try {
        return attempt.task.policy().timeout.value_or(attempt.default_timeout);
    } catch (...) {
        return std::chrono::milliseconds(0);
    }
}

void mark_transient(AttemptResult& result, const std::string& reason) {
    Failure& failure = result.failure;
    failure = {FailureClass::transient,
               failure.message.empty() ? reason : fmt::format("{}: {}", reason, failure.message)};
}

void call_on_failure(const AnyTask& task, const Failure& failure, Reporter& reporter) {
    try {
        task.on_failure(failure);
    } catch (const std::exception& error) {
        reporter.warn(fmt::format("on_failure of {}: {}", task.description(), error.what()));
    } catch (...) {
        reporter.warn(fmt::format("on_failure of {}: threw something other than a std::exception", task.description()));
    }
}

AttemptResult run_attempt(const Attempt& attempt, const AttemptServices& services, Reporter& reporter,
                          const std::function<bool()>& cancelled) {
    const MonotonicClock clock(services.clock);  // for the duration; the task itself sees the system's clock
    AttemptResult result{.token = attempt.token, .started = clock.now()};
    TargetAttempt target_attempt{.token = attempt.token, .lease = attempt.lease};
    std::optional<target::Staging> staging(std::in_place, attempt.token, services.sweeper, attempt.if_exists);
    Context context({.clock = services.clock,
                     .reporter = reporter,
                     .http = services.http,
                     .cancelled = cancelled,
                     .attempt = attempt.number,
                     .may_emit = attempt.task.type().emits_events,
                     .run_id = attempt.run_id,
                     .traceparent = attempt.traceparent,
                     .code_version = attempt.code_version,
                     .is_own_process = services.is_own_process,
                     .scratch = [&] { return staging->scratch([&] { return private_scratch_target(attempt.task); }); },
                     .take_messages = message_taker(attempt, services, reporter)});
    try {
        AttemptRun(attempt, {services, clock, context, *staging, target_attempt}, result).run();
    } catch (...) {
        set_failure(result);
    }
    staging.reset();
    if (result.status == AttemptStatus::failed) abandon_outputs(attempt.task, result, target_attempt, result.failure);
    if (result.status == AttemptStatus::waiting)
        if (const std::string clause = abandon_outputs(attempt.task, result, target_attempt); !clause.empty())
            reporter.warn(clause);
    result.ended = clock.now();
    if (result.status == AttemptStatus::failed) call_on_failure(attempt.task, result.failure, reporter);
    return result;
}

}  // namespace freshet::worker
