// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "rpc/responses.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace freshet::scheduler {

/// A JSON document as Luigi's server writes it: ASCII, and "</" as "<\/", so that it may stand in a page.
http::Response json_response(const Json& document);

/// {"error": reason}. What asks a second time is told when: 503 says to come back soon.
http::Response error_response(int status, std::string_view reason);

/// {"response": value}; a refusal is an error.
http::Response rpc_response(const rpc::Response& response);

/// Gives an answer to GET its Etag, or makes it 304 when the client has just that.
void add_etag(http::Response& response, const std::optional<std::string>& if_none_match);

/// Headers that keep browsers from making of an answer what it is not; what it has already stays.
void add_security_headers(http::Response& response);

}  // namespace freshet::scheduler
