// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/tokens.hpp"
#include "base/url_encoding.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::api {

/// Parsed target of a request line.
struct RequestTarget {
    std::optional<std::string> authority{};  ///< set for an absolute URL; overrides Host
    std::string path;                        ///< as sent, not decoded, so no path is mistaken for another
    std::string query{};

    friend bool operator==(const RequestTarget&, const RequestTarget&) = default;
};

/// Parses a request target; nothing if it is neither a path nor an http URL.
std::optional<RequestTarget> parse_request_target(std::string_view text);

class PendingAuditEntry;

enum class Effect {
    reads,
    changes,  ///< not by GET, and not cross-site
};

/// Audit of a route that changes something.
enum class Audited { yes, no };

/// Authorized request.
struct RequestContext {
    http::Request request;
    std::string path_parameter{};  ///< rest of the path, decoded: a task id
    FormFields query{};
    Json arguments{};  ///< RPC arguments; an empty object if there are none
    Principal principal{};
    std::optional<std::int64_t> instance{};            ///< test instance; none: the daemon's own scheduler
    std::shared_ptr<PendingAuditEntry> audit_entry{};  ///< discarded by a request without effect; null: not audited
};

/// Handles a request and responds once, now or later. Called from several threads at once; must not block.
using RouteHandler = std::function<void(RequestContext, http::Responder)>;

/// Entry of the route table.
struct Route {
    std::string id;               ///< name in the audit log: "page.task"
    std::string path;             ///< "/metrics": exact; "/task/": prefix of exactly one more, non-empty segment
    std::string suffix{};         ///< after that segment: "/log"
    std::string path_argument{};  ///< the argument that the segment is; empty: none
    std::vector<std::string> methods = {"GET"};
    Roles roles{};  ///< any of them suffices; empty: no token required
    Effect effect = Effect::reads;
    Audited audited = Audited::yes;
    int malformed_status = 500;  ///< of arguments that are no JSON: luigid's
    bool uses_files = false;     ///< its responses are made on the response pool, as those to viewers
    RouteHandler handler{};

    /// Bytes of the longest body: none without authentication, and messages of workers may be as long as the server
    /// permits; the arguments of queries are short.
    std::size_t body_limit() const;
    /// Responses to viewers may be large and are made on the response pool.
    bool takes_long() const { return uses_files || roles == Roles(Role::view); }
};

/// Returns the path with its open segment in braces: "/task/{task_id}/log".
std::string path_pattern(const Route& route);

/// Routes by their exact path, without normalization: "//", "%2e" and another case are different paths.
class RouteTable {
public:
    /// Throws Error if another route has the same method and path.
    void add(Route route);

    struct Match {
        const Route* route = nullptr;        ///< null: no match
        std::string path_parameter{};        ///< decoded
        std::vector<std::string> methods{};  ///< methods that the path does allow
    };
    Match find(std::string_view method, std::string_view path) const;
    /// Those whose path begins so.
    std::vector<const Route*> below(std::string_view prefix) const;

private:
    std::multimap<std::string, std::unique_ptr<const Route>, std::less<>> exact_;
    std::vector<std::unique_ptr<const Route>> parameterized_;
};

}  // namespace freshet::api
