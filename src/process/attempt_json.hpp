// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/registry.hpp"
#include "worker/messages.hpp"

#include <string>

// Attempts on their way to a process of their own, and what comes back. Never leaves this machine, nor is it kept.
namespace freshet::worker {

/// With the secret parameters: the child needs them.
Json to_json(const Attempt& attempt);
/// Throws ParameterError when `registry` cannot make the task.
Attempt attempt_from_json(const Json& json, const Registry& registry);

Json to_json(const Failure& failure);
Failure failure_from_json(const Json& json);

/// A message of the attempt that the reader knows it to come from: without its token.
Json to_json(const Message& message);
/// Throws ParameterError when the attempt needs a task that `registry` cannot make.
Message message_from_json(const Json& json, const std::string& token, const Registry& registry);

}  // namespace freshet::worker
