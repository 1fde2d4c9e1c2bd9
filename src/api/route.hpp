// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/role.hpp"
#include "api/tokens.hpp"
#include "base/url_encoding.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

class PendingAuditEntry;

enum class Effect {
    reads,
    changes,  ///< not by GET, and not for foreign pages
};

/// Whether what changes something has a line in the audit.
enum class Audited { yes, no };

/// A request that was admitted.
struct RequestContext {
    http::Request request;
    std::string path_parameter{};  ///< what followed the route's path, decoded: a task's id
    FormFields query{};
    Json arguments{};  ///< of a call; an empty object where there are none
    Principal principal{};
    std::optional<std::int64_t> instance{};  ///< of the test instances; none: the daemon's own scheduler
    std::shared_ptr<PendingAuditEntry>
        audit_entry{};  ///< its line in the audit, which a request in vain leaves out; null: none
};

/// Sees to it that a request is answered. Called from several threads at once; must not block.
using RouteHandler = std::function<void(RequestContext, http::Responder)>;

/// What is found at an address.
struct Route {
    std::string id;    ///< its name in the audit: "page.task"
    std::string path;  ///< "/metrics": this path alone; "/task/": this and one more piece, which is not empty
    std::vector<std::string> methods = {"GET"};
    Roles roles{};  ///< one of them is needed; none: for everybody, with and without a token
    Effect effect = Effect::reads;
    Audited audited = Audited::yes;
    RouteHandler handler{};

    /// What they look at may be long; workers ask for little, often.
    bool is_view_only() const { return roles == Roles(Role::view); }
};

/// Every address, by its exact text: what is written otherwise ("//", "%2e", another case) is another one.
class RouteTable {
public:
    /// Throws Error when the same method of the same path is taken.
    void add(Route route);

    struct Match {
        const Route* route = nullptr;        ///< null when there is none
        std::string path_parameter{};        ///< decoded
        std::vector<std::string> methods{};  ///< that the path has instead of the one asked for
    };
    Match find(std::string_view method, std::string_view path) const;

private:
    std::multimap<std::string, std::unique_ptr<const Route>, std::less<>> exact_;
    std::vector<std::unique_ptr<const Route>> parameterized_;
};

}  // namespace freshet::scheduler
