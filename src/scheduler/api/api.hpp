// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "scheduler/executor.hpp"

namespace freshet::scheduler {

/// The scheduler's methods over HTTP: POST /api/<method> with the form field `data`, a JSON object of arguments.
class Api {
public:
    explicit Api(Executor& executor) : executor_(executor) {}

    http::Response handle(const http::Request& request);

private:
    Executor& executor_;
};

}  // namespace freshet::scheduler
