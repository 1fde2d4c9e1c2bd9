// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "freshet/http.hpp"
#include "rpc/responses.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::scheduler {
struct QueryResult;
}

namespace freshet::api {

/// Returns a JSON response as Luigi's server writes it: ASCII, with "</" as "<\/" so that it can be embedded in HTML.
http::Response json_response(const Json& document);

/// Returns {"error": reason}; status 503 adds Retry-After.
http::Response error_response(int status, std::string_view reason);

/// Returns the 503 of a scheduler that answers nobody.
http::Response stalled_response(std::chrono::seconds stalled_for);

/// Returns {"response": value}; an ErrorResponse becomes a 500, Unavailable a 503.
http::Response rpc_response(const rpc::Response& response);

/// Returns {"response": result of the query}, whose text is taken. The header Freshet-Truncated says that there is more
/// than is shown, Freshet-Cursor how to ask for it.
http::Response query_response(const std::shared_ptr<scheduler::QueryResult>& result);

/// Adds the Etag to a response to GET, or turns it into 304 if the client has it. Files and streams have none.
void add_etag(http::Response& response, const std::optional<std::string>& if_none_match);

/// Adds security headers that the response does not set itself.
void add_security_headers(http::Response& response);

struct Cors;

/// Renders an error for a browser that has sent a form of a page.
using ErrorPage = std::function<http::Response(int status, const std::string& reason)>;

/// Returns true for the form of a page, after which the browser shows the response.
bool is_form_of_page(const http::Request& request);

/// Filter applied to every response: audit entry, page of an error, Etag, CORS and security headers.
struct ResponseFilter {
    ResponseFilter(const http::Request& request, const Cors& cors);

    /// Calls `make` and filters its response; an exception becomes a 500.
    http::Response apply(const http::MakeResponse& make) const;

    bool is_get;
    std::optional<std::string> if_none_match{};
    http::Headers headers;                             ///< added to the response
    std::shared_ptr<PendingAuditEntry> audit_entry{};  ///< null: not audited
    ErrorPage error_page{};                            ///< none: errors are JSON
    bool takes_long = false;                           ///< made on the response pool
};

/// Returns a responder that applies the filter. Dropped without a response, it responds with 503, which clients retry.
http::Responder with_filter(http::Responder respond, ResponseFilter filter);

}  // namespace freshet::api
