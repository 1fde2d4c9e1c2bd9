// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/responses.hpp"

#include "api/cors.hpp"
#include "base/json_write.hpp"
#include "freshet/digest.hpp"
#include "rpc/codec.hpp"
#include "scheduler/sliced_query.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

namespace freshet::api {

namespace {

constexpr std::size_t etag_size = 40;  // hexadecimal digits, as in Luigi

std::string escaped_end_tags(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t at = text.find("</"); at != text.npos; at = text.find("</")) {
        safe.append(text.substr(0, at)).append("<\\/");
        text.remove_prefix(at + 2);
    }
    return safe.append(text);
}

http::Response make_or_error(const http::MakeResponse& make) {
    try {
        return make();
    } catch (const std::exception& error) {
        return error_response(500, error.what());
    }
}

/// Shows {"error": reason} as a page, with the headers that its status has.
http::Response as_page(http::Response error, const ErrorPage& error_page) {
    if (!error.header("Content-Type").value_or("").starts_with("application/json")) return error;
    const Json document = Json::parse(error.body);
    const Json* reason = document.find("error");
    http::Response page = error_page(error.status, reason ? reason->as_string() : error.body);
    for (auto& [name, value] : error.headers)
        if (!page.header(name)) page.headers.emplace_back(std::move(name), std::move(value));
    return page;
}

/// One-shot responder with a filter; its destruction without a response means that there will be none.
class FilteredResponder {
public:
    FilteredResponder(http::Responder respond, ResponseFilter filter)
        : respond_(std::move(respond)), filter_(std::make_shared<const ResponseFilter>(std::move(filter))) {}
    ~FilteredResponder() {
        if (!has_responded_.test())
            respond([] { return error_response(503, "the scheduler ended before it responded"); });
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

http::Response json_response(const Json& document) {
    return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}},
            .body = escaped_end_tags(document.python_text())};
}

http::Response error_response(int status, std::string_view reason) {
    http::Response response = json_response(valid_json(Json::Object{{"error", reason}}));
    response.status = status;
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

http::Response stalled_response(std::chrono::seconds stalled_for) {
    return error_response(
        503,
        fmt::format("the scheduler has answered nobody for {} s: it works on earlier requests or waits for its disk",
                    stalled_for.count()));
}

http::Response rpc_response(const rpc::Response& response) {
    if (const auto* error = std::get_if<rpc::ErrorResponse>(&response)) return error_response(500, error->message);
    if (const auto* unavailable = std::get_if<rpc::Unavailable>(&response))
        return error_response(503, unavailable->message);
    return json_response(Json::Object{{"response", rpc::encode(response)}});
}

http::Response query_response(const std::shared_ptr<scheduler::QueryResult>& result) {
    static constexpr std::string_view opening = R"({"response": )";
    http::Response response{.headers = {{"Content-Type", "application/json; charset=UTF-8"}}, .until_sent = result};
    response.body.reserve(opening.size() + result->size() + 1);
    response.body.append(opening);
    for (std::string& piece : result->json) {
        if (piece.find("</") == piece.npos)
            response.body.append(piece);
        else
            response.body.append(escaped_end_tags(piece));
        std::string().swap(piece);  // the text is in memory once
    }
    response.body.append("}");
    if (result->is_truncated) response.headers.emplace_back("Freshet-Truncated", "true");
    if (result->next_cursor) response.headers.emplace_back("Freshet-Cursor", std::to_string(*result->next_cursor));
    return response;
}

void add_etag(http::Response& response, const std::optional<std::string>& if_none_match) {
    if (response.status != 200 || response.file || response.next_piece) return;
    const std::string etag = fmt::format("\"{}\"", sha256(response.body).substr(0, etag_size));
    response.headers.emplace_back("Etag", etag);
    if (!if_none_match || (*if_none_match != "*" && if_none_match->find(etag) == if_none_match->npos)) return;
    response.status = 304;
    response.body.clear();
}

void add_security_headers(http::Response& response) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> defaults = {{
        {"Cache-Control", "no-cache"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
    }};
    for (const auto& [name, value] : defaults)
        if (!response.header(name)) response.headers.emplace_back(name, value);
}

bool is_form_of_page(const http::Request& request) {
    return request.method == "POST" &&
           http::find_header(request.headers, "Accept").value_or("").find("text/html") != std::string::npos;
}

ResponseFilter::ResponseFilter(const http::Request& request, const Cors& cors)
    : is_get(request.method == "GET"), headers(cors_headers(cors, request)) {
    if (is_get) if_none_match = http::find_header(request.headers, "If-None-Match");
}

http::Response ResponseFilter::apply(const http::MakeResponse& make) const {
    http::Response response = make_or_error(make);
    if (audit_entry) audit_entry->write(response.status);
    if (error_page && response.status >= 400) response = as_page(std::move(response), error_page);
    if (is_get) add_etag(response, if_none_match);
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    add_security_headers(response);
    return response;
}

http::Responder with_filter(http::Responder respond, ResponseFilter filter) {
    return [pending = std::make_shared<FilteredResponder>(std::move(respond), std::move(filter))](
               http::MakeResponse make) { pending->respond(std::move(make)); };
}

}  // namespace freshet::api
