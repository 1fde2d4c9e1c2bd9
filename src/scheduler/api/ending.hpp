// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "scheduler/api/audit.hpp"

#include <memory>
#include <optional>
#include <string>

namespace freshet::scheduler {

struct Cors;

/// What happens to every answer before it leaves.
struct Ending {
    Ending(const http::Request& request, const Cors& cors);

    /// The answer with an Etag and the headers for browsers, after its line in the audit. What `make` throws is a 500.
    http::Response finish(const http::MakeResponse& make) const;

    bool is_get;
    std::optional<std::string> if_none_match{};
    http::Headers headers;              ///< added to the answer
    std::shared_ptr<AuditLine> line{};  ///< null where none is written
    bool takes_long = false;            ///< to make
};

/// Brings the answer to `answer` with that ending; when there will be none, a 503: who asked may ask again.
http::Answer with_ending(http::Answer answer, Ending ending);

}  // namespace freshet::scheduler
