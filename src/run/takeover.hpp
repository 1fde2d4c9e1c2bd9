// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/state_owner.hpp"
#include "worker/scheduler_client.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace freshet::run {

/// Ends a call over the socket: from now on the scheduler is in this process.
struct TakenOver {};

/// Takes a state over from the run that held it, for a run that used it and for all others that do: their workers find
/// its scheduler again at the same socket. For the worker's thread.
class Takeover {
public:
    Takeover(const SessionOptions& options, const SessionParts& parts, WorkerHost& worker_host)
        : options_(options), parts_(parts), worker_host_(worker_host) {}

    /// Takes the state over if nobody holds it, every few seconds at most. Returns when to try again; nothing after
    /// success. Throws StoreError when the state cannot be used.
    std::optional<Time> poll();

    /// The same for a call that was answered by nobody: throws TakenOver after success. Returns true where the call may
    /// be repeated at once, for the few seconds that an owner may need to begin or to end. Throws store::LockedError
    /// when the holder does not share the state, and none has before; StoreError when it cannot be used.
    bool on_unreachable(std::chrono::milliseconds since_call);
    /// Says that an owner has answered.
    void on_served() { was_served_ = true; }

    /// The scheduler, once it is in this process; else null.
    worker::SchedulerClient* client() { return owner_ ? &owner_->client() : nullptr; }

    /// Ends the scheduler, if it is here or nobody has it, as StateOwner::finish() does.
    void finish(SessionResult& result);

private:
    bool try_open();

    const SessionOptions& options_;
    SessionParts parts_;
    WorkerHost& worker_host_;
    bool was_served_ = false;
    Time next_try_{};
    std::optional<store::StateFile> state_;
    std::optional<StateOwner> owner_;
};

/// The client of a scheduler that another run has, until this one takes it over.
class SharedStateClient final : public worker::SchedulerClient {
public:
    /// The arguments outlive the object. `remote` throws TakenOver when `takeover` has succeeded.
    SharedStateClient(Takeover& takeover, worker::SchedulerClient& remote) : takeover_(takeover), remote_(remote) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override;

private:
    Takeover& takeover_;
    worker::SchedulerClient& remote_;
};

}  // namespace freshet::run
