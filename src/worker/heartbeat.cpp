// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/heartbeat.hpp"

#include "wire/values.hpp"

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
    keep(task_id, wire::SetTaskProgressPercentage{.task_id = task_id,
                                                  .progress_percentage = static_cast<int>(std::lround(100 * fraction))});
}

void Heartbeat::status(const std::string& task_id, std::string_view message) {
    keep(task_id, wire::SetTaskStatusMessage{.task_id = task_id, .status_message = std::string(message)});
}

void Heartbeat::keep(const std::string& task_id, wire::Request news) {
    const std::lock_guard lock(mutex_);
    const Key key{task_id, news.index()};
    news_.insert_or_assign(key, std::move(news));
}

void Heartbeat::run(const std::stop_token& stop) {
    const auto client = http::make_client();
    const SchedulerLine line(address_, *client);
    while (!stop.stop_requested()) {
        beat(line, stop);
        std::unique_lock lock(mutex_);
        stopped_.wait_for(lock, stop, interval_, [] { return false; });
    }
}

void Heartbeat::beat(const SchedulerLine& line, const std::stop_token& stop) {
    std::map<Key, wire::Request> news;
    {
        const std::lock_guard lock(mutex_);
        news.swap(news_);
    }
    try {
        hear(std::get<wire::Messages>(line.post(wire::Ping{.worker = worker_}, stop)));
        for (const auto& [key, request] : news) line.post(request, stop);
    } catch (const Error&) {
        // A scheduler that is away is the worker's to notice: it has something to lose.
    }
}

void Heartbeat::hear(const wire::Messages& messages) {
    for (const auto& message : messages.rpc_messages) {
        const Json kwargs(message.kwargs);
        const Json* n = message.name == "set_worker_processes" ? kwargs.find("n") : nullptr;
        if (n && n->is_integer()) mailbox_.put(Resize{.slots = static_cast<int>(n->as_integer())});
    }
}

}  // namespace freshet::worker
