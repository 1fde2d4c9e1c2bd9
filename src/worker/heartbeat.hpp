// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/messages.hpp"
#include "worker/rpc_client.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace freshet::worker {

/// Sends a remote scheduler pings and the progress of tasks, on its own thread and connection, so that neither busy
/// tasks nor a waiting call delay them. Drops what it cannot send: only the worker's own calls are repeated.
class Heartbeat {
public:
    /// Puts operators' messages from the answers into the mailbox.
    Heartbeat(SchedulerAddress address, std::string worker, std::chrono::milliseconds interval,
              Mailbox<Message>& mailbox);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    /// Replaces the leases to be renewed with each ping. Those that were taken are put into the mailbox. Thread-safe.
    void set_leases(rpc::Leases leases);

    // The latest value for each task is sent with the next ping. Thread-safe.
    void progress(const std::string& task_id, double fraction);
    void status(const std::string& task_id, std::string_view message);

private:
    using Key = std::pair<std::string, std::size_t>;  // task id and kind of update

    void run(const std::stop_token& stop);
    void send(const RpcClient& rpc, const std::stop_token& stop);
    void enqueue(const std::string& task_id, rpc::Request update);

    const SchedulerAddress address_;
    const std::string worker_;
    const std::chrono::milliseconds interval_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards updates_ and leases_
    rpc::Leases leases_;
    std::condition_variable_any stopped_;
    std::map<Key, rpc::Request> updates_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace freshet::worker
