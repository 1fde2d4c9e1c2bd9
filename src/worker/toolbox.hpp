// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/stale_temporaries.hpp"
#include "worker/attempt.hpp"

#include <memory>
#include <mutex>

namespace freshet::worker {

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

}  // namespace freshet::worker
