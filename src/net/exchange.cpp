// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/exchange.hpp"

#include "freshet/error.hpp"
#include "net/http_session.hpp"

namespace freshet::http {

Exchange::~Exchange() {
    try {
        answer([]() -> Response { throw Error("nobody answered this request"); });
    } catch (const std::exception&) {
        // Memory has run out: the request stays unanswered until the connection ends.
    }
}

void Exchange::answer(MakeResponse make) {
    if (is_answered_.exchange(true)) return;
    std::shared_ptr<Session> here;
    gate_->pass([&] {
        auto session = session_.lock();
        if (session && session->runs_here())
            here = std::move(session);
        else if (session)
            session->post(std::move(make));
    });
    if (here) here->answer(std::move(make));
}

}  // namespace freshet::http
