// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/heartbeat.hpp"

#include "rpc/json_fields.hpp"

#include <cmath>

namespace freshet::worker {

Heartbeat::Heartbeat(SchedulerAddress address, std::string worker, std::chrono::milliseconds interval,
                     Mailbox<Message>& mailbox)
    : address_(std::move(address)),
      worker_(std::move(worker)),
      interval_(interval),
      mailbox_(mailbox),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Heartbeat::~Heartbeat() = default;

void Heartbeat::progress(const std::string& task_id, double fraction) {
    enqueue(task_id, rpc::SetTaskProgressPercentage{
                         .task_id = task_id, .progress_percentage = static_cast<int>(std::lround(100 * fraction))});
}

void Heartbeat::status(const std::string& task_id, std::string_view message) {
    enqueue(task_id, rpc::SetTaskStatusMessage{.task_id = task_id, .status_message = std::string(message)});
}

void Heartbeat::set_leases(rpc::Leases leases) {
    const std::lock_guard lock(mutex_);
    leases_ = std::move(leases);
}

void Heartbeat::enqueue(const std::string& task_id, rpc::Request update) {
    const std::lock_guard lock(mutex_);
    const Key key{task_id, update.index()};
    updates_.insert_or_assign(key, std::move(update));
}

void Heartbeat::run(const std::stop_token& stop) {
    const auto client = http::make_client();
    const RpcClient rpc(address_, *client);
    while (!stop.stop_requested()) {
        send(rpc, stop);
        std::unique_lock lock(mutex_);
        stopped_.wait_for(lock, stop, interval_, [] { return false; });
    }
}

void Heartbeat::send(const RpcClient& rpc, const std::stop_token& stop) {
    std::map<Key, rpc::Request> updates;
    rpc::Ping ping{.worker = worker_};
    {
        const std::lock_guard lock(mutex_);
        updates.swap(updates_);
        ping.leases = leases_;
    }
    try {
        for (Message& message : messages_in(std::get<rpc::Messages>(rpc.call(ping, stop))))
            mailbox_.put(std::move(message));
        for (const auto& [key, request] : updates) rpc.call(request, stop);
    } catch (const Error&) {
        // The worker's own calls report a scheduler that is away.
    }
}

}  // namespace freshet::worker
