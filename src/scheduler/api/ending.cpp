// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/ending.hpp"

#include "scheduler/api/answers.hpp"
#include "scheduler/api/cors.hpp"

#include <atomic>
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

/// An answer that is awaited. When nobody holds it any more there will be none.
class Pending {
public:
    Pending(http::Answer answer, Ending ending)
        : answer_(std::move(answer)), ending_(std::make_shared<const Ending>(std::move(ending))) {}
    ~Pending() {
        if (!is_answered_.test()) answer([] { return error_answer(503, "the scheduler ended before it answered"); });
    }
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    void answer(http::MakeResponse make) {
        is_answered_.test_and_set();
        http::MakeResponse whole = [ending = ending_, make = std::move(make)] { return ending->finish(make); };
        whole.takes_long = ending_->takes_long;
        answer_(std::move(whole));
    }

private:
    http::Answer answer_;
    std::shared_ptr<const Ending> ending_;
    std::atomic_flag is_answered_;
};

}  // namespace

Ending::Ending(const http::Request& request, const Cors& cors)
    : is_get(request.method == "GET"), headers(cors_headers(cors, request)) {
    if (is_get) if_none_match = http::find_header(request.headers, "If-None-Match");
}

http::Response Ending::finish(const http::MakeResponse& make) const {
    http::Response response = made(make);
    if (line) line->end(response.status);
    if (is_get) tag(response, if_none_match);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    harden(response);
    return response;
}

http::Answer with_ending(http::Answer answer, Ending ending) {
    return [pending = std::make_shared<Pending>(std::move(answer), std::move(ending))](http::MakeResponse make) {
        pending->answer(std::move(make));
    };
}

}  // namespace freshet::scheduler
