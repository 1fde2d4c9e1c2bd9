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

/// A call as it travels: the method's name and its arguments.
struct Call {
    std::string method;
    Json arguments;
};

/// Unknown arguments are ignored, null is the default. Throws ParameterError for an unknown method, a missing
/// argument, or one of another kind.
Request decode(std::string_view method, const Json& arguments);

/// The names of all methods.
std::vector<std::string_view> method_names();

/// With every argument, as Luigi's workers send them.
Call encode(const Request& request);

/// The value of an answer's "response". Throws Error for an ErrorResponse and TransientError for Unavailable, which
/// have none.
Json encode(const Response& response);

/// What the value of an answer's "response" says to that request. Throws Error when it is no answer to it.
Response decode_response(const Request& request, const Json& json);

/// Whether the request is about the end of an attempt or of a whole task: what must survive a power cut.
bool is_completion(const Request& request);

}  // namespace freshet::rpc
