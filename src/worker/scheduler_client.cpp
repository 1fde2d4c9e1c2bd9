// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/scheduler_client.hpp"

#include "store/database.hpp"

namespace freshet::worker {

std::vector<rpc::TaskAdded> register_tasks(SchedulerClient& scheduler, rpc::RegisterTasks request) {
    auto responses = scheduler.call({std::move(request)});
    return std::move(std::get<rpc::TasksAdded>(responses.front()).answers);
}

std::vector<rpc::Response> DiskFullRetry::call(const std::vector<rpc::Request>& requests) {
    for (;;) {
        try {
            auto responses = scheduler_.call(requests);
            last_answered_ = clock_.now();
            return responses;
        } catch (const DiskFullError& error) {
            if (!wait_(error.what())) throw;
        }
    }
}

}  // namespace freshet::worker
