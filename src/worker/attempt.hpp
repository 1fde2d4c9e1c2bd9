// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/context.hpp"
#include "freshet/event.hpp"
#include "freshet/http.hpp"
#include "freshet/task.hpp"
#include "target/staged_output.hpp"
#include "target/stale_temporaries.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace freshet::worker {

/// One try at a task by the worker that holds its lease.
struct Attempt {
    AnyTask task;
    std::string token;  ///< different for each attempt anywhere; stands in file names: letters and digits only
    int number = 1;     ///< 1 at the first try
    std::string run_id{};
    std::string traceparent{};
    std::string code_version{};
};

enum class AttemptStatus {
    done,     ///< ran, and its outputs are staged: to be published
    waiting,  ///< needs tasks that are not complete; run() starts again from the top once they are
    failed,
};

/// How an attempt ended. Whoever gets it publishes or discards what is staged.
struct AttemptResult {
    std::string token;
    AttemptStatus status = AttemptStatus::failed;
    std::vector<target::StagedOutput> staged{};  ///< in the order in which they are to be published
    std::vector<AnyTask> missing{};              ///< when waiting: what for
    std::vector<Event> events{};                 ///< when done: what it announced
    Failure failure{};                           ///< when failed
    bool disk_full = false;                      ///< failed because there was no room left
    Time started{};
    Time ended{};
};

/// What the attempts of one process share.
struct AttemptServices {
    const Clock& clock;
    std::function<http::Client&()> http;
    target::TemporarySweeper& sweeper;
    bool is_own_process = false;  ///< the attempt is alone in its process, and leads its process group
};

/// Runs the task in this thread. Never throws: what goes wrong is in the result, and the task's on_failure was called.
AttemptResult run_attempt(const Attempt& attempt, const AttemptServices& services, Reporter& reporter,
                          const std::function<bool()>& cancelled);

/// How long an attempt may take; 0: as long as it likes. Never throws: what is wrong with the task's own timeout() was
/// found when it was planned.
std::chrono::milliseconds timeout_of(const AnyTask& task);

/// An attempt that was told to end did not fail by itself: its failure becomes a transient one, for this reason.
void mark_transient(AttemptResult& result, const std::string& reason);

/// Tells the task that an attempt at it failed; what its on_failure throws becomes a warning.
void call_on_failure(const AnyTask& task, const Failure& failure, Reporter& reporter);

/// The real tools of one process. The HTTP client is made when the first attempt asks for it.
class ProcessServices {
public:
    explicit ProcessServices(const Clock& clock) : clock_(clock), sweeper_(clock) {}

    /// Refer to this object.
    AttemptServices attempt_services() {
        return {clock_, [this]() -> http::Client& { return client(); }, sweeper_};
    }

private:
    http::Client& client() {
        std::call_once(client_made_, [this] { client_ = http::make_client(); });
        return *client_;
    }

    const Clock& clock_;
    target::TemporarySweeper sweeper_;
    std::once_flag client_made_;
    std::unique_ptr<http::Client> client_;
};

/// Runs attempts at the same time as the worker does other things. For each attempt that was started exactly one
/// AttemptResult reaches the mailbox given at construction, after the news of that attempt.
class Runner {
public:
    /// Ends what still runs; no more messages come.
    virtual ~Runner() = default;
    virtual void start(Attempt attempt) = 0;
    /// The attempt is to end soon; it fails as transient, unless it is done before that. An unknown token is ignored.
    virtual void cancel(const std::string& token) = 0;
};

}  // namespace freshet::worker
