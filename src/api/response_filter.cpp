// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/response_filter.hpp"

#include "api/answers.hpp"
#include "api/cors.hpp"

#include <atomic>
#include <memory>

namespace freshet::scheduler {

namespace {

http::Response make_or_error(const http::MakeResponse& make) {
    try {
        return make();
    } catch (const std::exception& error) {
        return error_response(500, error.what());
    }
}

/// An answer that is awaited. When nobody holds it any more there will be none.
class FilteredResponder {
public:
    FilteredResponder(http::Responder respond, ResponseFilter filter)
        : respond_(std::move(respond)), filter_(std::make_shared<const ResponseFilter>(std::move(filter))) {}
    ~FilteredResponder() {
        if (!has_responded_.test())
            respond([] { return error_response(503, "the scheduler ended before it answered"); });
    }
    FilteredResponder(const FilteredResponder&) = delete;
    FilteredResponder& operator=(const FilteredResponder&) = delete;

    void respond(http::MakeResponse make) {
        has_responded_.test_and_set();
        http::MakeResponse filtered = [filter = filter_, make = std::move(make)] { return filter->apply(make); };
        filtered.takes_long = filter_->takes_long;
        respond_(std::move(filtered));
    }

private:
    http::Responder respond_;
    std::shared_ptr<const ResponseFilter> filter_;
    std::atomic_flag has_responded_;
};

}  // namespace

ResponseFilter::ResponseFilter(const http::Request& request, const Cors& cors)
    : is_get(request.method == "GET"), headers(cors_headers(cors, request)) {
    if (is_get) if_none_match = http::find_header(request.headers, "If-None-Match");
}

http::Response ResponseFilter::apply(const http::MakeResponse& make) const {
    http::Response response = make_or_error(make);
    if (audit_entry) audit_entry->write(response.status);
    if (is_get) add_etag(response, if_none_match);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    add_security_headers(response);
    return response;
}

http::Responder with_filter(http::Responder respond, ResponseFilter filter) {
    return [pending = std::make_shared<FilteredResponder>(std::move(respond), std::move(filter))](
               http::MakeResponse make) { pending->respond(std::move(make)); };
}

}  // namespace freshet::scheduler
