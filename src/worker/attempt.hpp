// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/context.hpp"
#include "freshet/event.hpp"
#include "freshet/http.hpp"
#include "freshet/published_target.hpp"
#include "freshet/task.hpp"
#include "target/lineage.hpp"
#include "target/receipt.hpp"
#include "target/stale_temporaries.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::worker {

/// One try at a task by the worker that holds its lease.
struct Attempt {
    AnyTask task;
    std::string token;       ///< globally unique; used in file names: letters and digits only
    std::int64_t lease = 0;  ///< the fencing token of its outputs; 0: the scheduler gives none
    int number = 1;          ///< from 1
    std::string run_id{};
    std::string traceparent{};
    std::string code_version{};
    std::chrono::milliseconds default_timeout{0};  ///< of a task that has none of its own; 0: none
    IfExists if_exists = IfExists::keep;           ///< replace: what is there is stale, and does not exist for run()
};

enum class AttemptStatus {
    done,     ///< ran; its outputs are staged, ready to publish
    waiting,  ///< requires tasks that are not complete; run() starts over once they are
    failed,
};

/// A staged PublishedTarget of an attempt.
struct StagedTarget {
    std::string address;
    Json staged;                       ///< for its commit()
    std::optional<Content> content{};  ///< as in its receipt; nullopt: it has asked for none
    bool is_published = false;         ///< commit() has returned

    friend bool operator==(const StagedTarget&, const StagedTarget&) = default;
};

/// The result of an attempt. Its receiver publishes or discards the staged outputs.
struct AttemptResult {
    std::string token;
    AttemptStatus status = AttemptStatus::failed;
    std::vector<target::StagedOutput> staged{};  ///< files, in order of publication
    std::vector<StagedTarget> staged_targets{};  ///< others, in the declared order
    std::vector<AnyTask> missing{};              ///< when waiting: the required tasks
    std::vector<Event> events{};                 ///< when done: emitted by it
    Failure failure{};                           ///< when failed
    bool disk_full = false;                      ///< failed for want of disk space
    Time started{};
    Time ended{};
};

/// An exception as a failure.
struct CaughtFailure {
    Failure failure;
    bool disk_full = false;  ///< for want of disk space
};

/// Describes the exception that is being handled. An Error tells its class itself. The exceptions of other libraries do
/// not, and may go away: of connections, files, locks. std::logic_error and its like are mistakes in the program.
CaughtFailure caught_failure();

/// A message to the task of a running attempt.
struct IncomingMessage {
    std::string id;
    std::string content;
};

/// Services shared by the attempts of one process.
struct AttemptServices {
    const Clock& clock;
    std::function<http::Client&()> http;
    target::TemporarySweeper& sweeper;
    target::DigestCache& digests;
    bool is_own_process = false;  ///< the attempt is alone in its process and leads a process group
    /// Removes and returns the messages to the attempt; none: nobody can send it one.
    std::function<std::vector<IncomingMessage>()> take_messages{};
};

/// Runs the task on this thread. Never throws: errors are in the result, after a call of the task's on_failure.
AttemptResult run_attempt(const Attempt& attempt, const AttemptServices& services, Reporter& reporter,
                          const std::function<bool()>& cancelled);

/// Returns the longest time for an attempt; 0: no limit. Never throws: an error in the task's timeout() has been found
/// during planning.
std::chrono::milliseconds timeout_of(const Attempt& attempt);

/// Throws Error, naming both, when the output does not exist after the task's run().
void check_created(const AnyTask& task, const AnyTarget& output);

/// Stages the published targets among the outputs, in their order, after run(). Throws Error when run() has created one
/// neither now nor before.
std::vector<StagedTarget> stage_targets(const AnyTask& task, const std::vector<AnyTarget>& outputs,
                                        TargetAttempt& attempt, const MakeReceipt& make_receipt);

bool has_staged(const AttemptResult& result, const AnyTarget& output);

/// Publishes what the attempt has staged, for the worker that holds its lease: what exists already first, then in the
/// declared order, the files together at the place of the last one. Where another attempt has completed the task,
/// discards the rest. After an exception, what is not published is left to abandon_outputs().
/// `if_exists`: of files, if all of them are in place already.
PublishResult publish_outputs(const AnyTask& task, AttemptResult& result, TargetAttempt& attempt,
                              IfExists if_exists = IfExists::keep);

/// Ends an attempt that did not complete its task: removes its temporaries and all that it has staged and not
/// published, and moves aside the files that it wrote in place. Returns a clause that names these, like "'a' is
/// unfinished and was moved to 'b'", or "". Never throws.
std::string abandon_outputs(const AnyTask& task, const AttemptResult& result, TargetAttempt& attempt) noexcept;

/// Adds abandon_outputs() to the message of a failure.
void abandon_outputs(const AnyTask& task, const AttemptResult& result, TargetAttempt& attempt,
                     Failure& failure) noexcept;

/// Stands for an output of a task that has none on this machine: in a folder of this user's for temporary files.
std::filesystem::path scratch_target(const AnyTask& task);

/// Marks the failure of a cancelled attempt as transient and puts the reason before its message.
void mark_transient(AttemptResult& result, const std::string& reason);

/// Calls the task's on_failure; logs what it throws as a warning.
void call_on_failure(const AnyTask& task, const Failure& failure, Reporter& reporter);

/// The real services of one process. Thread-safe. The HTTP client is created on first use.
class ProcessServices {
public:
    explicit ProcessServices(const Clock& clock) : clock_(clock), sweeper_(clock) {}

    /// The services refer to this object.
    AttemptServices attempt_services() {
        return {clock_, [this]() -> http::Client& { return client(); }, sweeper_, digests_};
    }

private:
    http::Client& client() {
        std::call_once(client_made_, [this] { client_ = http::make_client(); });
        return *client_;
    }

    const Clock& clock_;
    target::TemporarySweeper sweeper_;
    target::DigestCache digests_;
    std::once_flag client_made_;
    std::unique_ptr<http::Client> client_;
};

/// Runs attempts concurrently with the worker. For each started attempt exactly one AttemptResult reaches the mailbox
/// given at construction, after the attempt's other messages.
class Runner {
public:
    /// Ends running attempts; sends no more messages.
    virtual ~Runner() = default;
    virtual void start(Attempt attempt) = 0;
    /// Asks the attempt to end soon; it fails as transient unless it is done before that. Ignores an unknown token.
    virtual void cancel(const std::string& token) = 0;
    /// Passes a message to the attempt, whose class accepts messages. Ignores an unknown token.
    virtual void send(const std::string& token, IncomingMessage message) = 0;
};

}  // namespace freshet::worker
