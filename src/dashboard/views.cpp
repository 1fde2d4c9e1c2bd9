// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/views.hpp"

#include "api/responses.hpp"
#include "base/json_write.hpp"
#include "dashboard/page_layout.hpp"

namespace freshet::dashboard {

bool may_operate(const api::RequestContext& context) { return context.principal.roles.intersects(api::Role::operate); }

std::optional<http::Response> refuse_json(const PageQuery& query, std::chrono::seconds stalled_for) {
    if (const auto refusal = query.refusal()) return api::error_response(400, *refusal);
    if (stalled_for.count() > 0) return api::stalled_response(stalled_for);
    return std::nullopt;
}

http::Response html_response(int status, std::string html) {
    return {.status = status,
            .headers = {{"Content-Type", "text/html; charset=utf-8"},
                        {"Content-Security-Policy", content_security_policy()},
                        {"Cache-Control", "no-store"},
                        {"Referrer-Policy", "same-origin"}},  // without it, forms have no Origin
            .body = std::move(html)};
}

http::Response json_view_response(const Json& document) { return api::json_response(valid_json(document)); }

}  // namespace freshet::dashboard
