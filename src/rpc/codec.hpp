// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <string>
#include <string_view>
#include <vector>

// Translation between requests and responses and their JSON, in Luigi's form. The functions have no state: they are
// thread-safe.
namespace freshet::rpc {

/// An encoded request: the method's name and arguments.
struct Call {
    std::string method;
    Json arguments;
};

/// Decodes a request. Ignores unknown arguments; null means the default, but for a required argument the same as none.
/// Throws ParameterError, naming method and argument, for an unknown method, arguments that are not an object, or a
/// missing or invalid one.
Request decode(std::string_view method, const Json& arguments);

/// The names of all methods that decode() knows, each once. Each needs its permissions in api/rpc_routes.
std::vector<std::string_view> method_names();

/// Encodes a request with every argument of Luigi's, as its workers do. Freshet's own arguments are left out where they
/// have their default.
Call encode(const Request& request);

/// Encodes the value of an answer's "response". Throws Error for an ErrorResponse and TransientError for Unavailable,
/// which have none.
Json encode(const Response& response);

/// Decodes the value of an answer's "response" to that request. Throws Error when it does not fit the request.
Response decode_response(const Request& request, const Json& json);

/// True for requests that report the end of an attempt or a task, which must survive a power cut: AddTask with DONE,
/// FAILED or DISABLED, RegisterTasks with any such task, MarkAsDone and CancelTask.
bool is_completion(const Request& request);

}  // namespace freshet::rpc
