// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <vector>

namespace freshet::worker {

/// How a worker speaks to its scheduler, in this process or far away.
class SchedulerClient {
public:
    virtual ~SchedulerClient() = default;

    /// One answer for each request, in their order. What is answered outlives a crash of the scheduler.
    virtual std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) = 0;
};

}  // namespace freshet::worker
