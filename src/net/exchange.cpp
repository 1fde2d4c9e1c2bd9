// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/exchange.hpp"

#include "freshet/error.hpp"
#include "net/http_connection.hpp"

namespace freshet::http {

PendingResponse::~PendingResponse() {
    try {
        respond([]() -> Response { throw Error("nobody answered this request"); });
    } catch (const std::exception&) {
        // Memory has run out: the request stays unanswered until the connection ends.
    }
}

void PendingResponse::respond(MakeResponse make) {
    if (has_responded_.exchange(true)) return;
    std::shared_ptr<HttpConnection> here;
    lifetime_->run_if_alive([&] {
        auto connection = connection_.lock();
        if (connection && connection->is_own_thread())
            here = std::move(connection);
        else if (connection)
            connection->post_response(std::move(make));
    });
    if (here) here->respond(std::move(make));
}

}  // namespace freshet::http
