// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/leftovers.hpp"
#include "worker/attempt.hpp"

#include <memory>
#include <mutex>

namespace freshet::worker {

/// The real tools of one process. The HTTP client is made when the first attempt asks for it.
class Toolbox {
public:
    explicit Toolbox(const Clock& clock) : clock_(clock), leftovers_(clock) {}

    /// Refer to this object.
    Tools tools() {
        return {clock_, [this]() -> http::Client& { return client(); }, leftovers_};
    }

private:
    http::Client& client() {
        std::call_once(client_made_, [this] { client_ = http::make_client(); });
        return *client_;
    }

    const Clock& clock_;
    target::Leftovers leftovers_;
    std::once_flag client_made_;
    std::unique_ptr<http::Client> client_;
};

}  // namespace freshet::worker
