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

/// Tells a remote scheduler that the worker lives, and how far its tasks are, on a thread and over a connection of its
/// own: neither the load of the tasks nor a call that waits can make it late. What it cannot send now it drops; the
/// worker's own calls are those that are repeated.
class Heartbeat {
public:
    /// What operators say in the answers reaches the mailbox.
    Heartbeat(SchedulerAddress address, std::string worker, std::chrono::milliseconds interval,
              Mailbox<Message>& mailbox);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

    // The latest of a task is sent with the next beat. From any thread.
    void progress(const std::string& task_id, double fraction);
    void status(const std::string& task_id, std::string_view message);

private:
    using Key = std::pair<std::string, std::size_t>;  // the task and the kind of updates

    void run(const std::stop_token& stop);
    void send(const RpcClient& rpc, const std::stop_token& stop);
    void on_messages(const rpc::Messages& messages);
    void enqueue(const std::string& task_id, rpc::Request update);

    const SchedulerAddress address_;
    const std::string worker_;
    const std::chrono::milliseconds interval_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards updates_
    std::condition_variable_any stopped_;
    std::map<Key, rpc::Request> updates_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace freshet::worker
