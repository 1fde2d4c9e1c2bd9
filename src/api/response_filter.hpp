// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/audit_log.hpp"
#include "freshet/http.hpp"

#include <memory>
#include <optional>
#include <string>

namespace freshet::scheduler {

struct Cors;

/// What happens to every answer before it leaves.
struct ResponseFilter {
    ResponseFilter(const http::Request& request, const Cors& cors);

    /// The answer with an Etag and the headers for browsers, after its line in the audit. What `make` throws is a 500.
    http::Response apply(const http::MakeResponse& make) const;

    bool is_get;
    std::optional<std::string> if_none_match{};
    http::Headers headers;                             ///< added to the answer
    std::shared_ptr<PendingAuditEntry> audit_entry{};  ///< null where none is written
    bool takes_long = false;                           ///< to make
};

/// Brings the answer to `respond` with that filter; when there will be none, a 503: who asked may ask again.
http::Responder with_filter(http::Responder respond, ResponseFilter filter);

}  // namespace freshet::scheduler
