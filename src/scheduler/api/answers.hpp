// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "wire/response.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace freshet::scheduler {

/// A JSON document as Luigi's server writes it: ASCII, and "</" as "<\/", so that it may stand in a page.
http::Response json_answer(const Json& document);

/// {"error": reason}. What asks a second time is told when: 503 says to come back soon.
http::Response error_answer(int status, std::string_view reason);

/// {"response": value}; a refusal is an error.
http::Response wire_answer(const wire::Response& response);

/// Gives an answer to GET its Etag, or makes it 304 when the client has just that.
void tag(http::Response& response, const std::optional<std::string>& if_none_match);

/// Headers that keep browsers from making of an answer what it is not; what it has already stays.
void harden(http::Response& response);

}  // namespace freshet::scheduler
