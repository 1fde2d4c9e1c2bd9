// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace freshet::rpc {

/// An encoded request: the method's name and arguments.
struct Call {
    std::string method;
    Json arguments;
};

/// Decodes a request. Ignores unknown arguments; null means the default. Throws ParameterError for an unknown method,
/// or a missing or invalid argument.
Request decode(std::string_view method, const Json& arguments);

/// The names of all methods.
std::vector<std::string_view> method_names();

/// Encodes a request with every argument, as Luigi's workers do.
Call encode(const Request& request);

/// Encodes the value of an answer's "response". Throws Error for an ErrorResponse and TransientError for Unavailable,
/// which have none.
Json encode(const Response& response);

/// Decodes the value of an answer's "response" to that request. Throws Error when it does not fit the request.
Response decode_response(const Request& request, const Json& json);

/// True for requests that report the end of an attempt or a task, which must survive a power cut.
bool is_completion(const Request& request);

}  // namespace freshet::rpc
