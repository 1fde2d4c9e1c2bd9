// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/ending.hpp"

#include "scheduler/api/answers.hpp"
#include "scheduler/api/cors.hpp"

#include <memory>

namespace freshet::scheduler {

namespace {

http::Response made(const http::MakeResponse& make) {
    try {
        return make();
    } catch (const std::exception& error) {
        return error_answer(500, error.what());
    }
}

}  // namespace

Ending::Ending(const http::Request& request, const Cors& cors)
    : is_get(request.method == "GET"), headers(cors_headers(cors, request)) {
    if (is_get) if_none_match = http::find_header(request.headers, "If-None-Match");
}

http::Response Ending::finish(const http::MakeResponse& make) const {
    http::Response response = made(make);
    if (entry && audits) {
        AuditEntry whole = *entry;
        whole.status = response.status;
        for (Audit* audit : *audits) audit->note(whole);
    }
    if (is_get) tag(response, if_none_match);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    harden(response);
    return response;
}

http::Answer with_ending(http::Answer answer, Ending ending) {
    return [answer = std::move(answer), ending = std::make_shared<const Ending>(std::move(ending))](auto make) {
        answer([ending, make = std::move(make)] { return ending->finish(make); });
    };
}

}  // namespace freshet::scheduler
