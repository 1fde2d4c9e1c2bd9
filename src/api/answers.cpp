// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/answers.hpp"

#include "freshet/digest.hpp"
#include "rpc/codec.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t etag_size = 40;  // digits: as long as Luigi's

std::string escaped_end_tags(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t at = text.find("</"); at != text.npos; at = text.find("</")) {
        safe.append(text.substr(0, at)).append("<\\/");
        text.remove_prefix(at + 2);
    }
    return safe.append(text);
}

}  // namespace

http::Response json_response(const Json& document) {
    return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}},
            .body = escaped_end_tags(document.python_text())};
}

http::Response error_response(int status, std::string_view reason) {
    http::Response response = json_response(Json::Object{{"error", reason}});
    response.status = status;
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

http::Response rpc_response(const rpc::Response& response) {
    if (const auto* error = std::get_if<rpc::ErrorResponse>(&response)) return error_response(500, error->message);
    if (const auto* unavailable = std::get_if<rpc::Unavailable>(&response))
        return error_response(503, unavailable->message);
    return json_response(Json::Object{{"response", rpc::encode(response)}});
}

void add_etag(http::Response& response, const std::optional<std::string>& if_none_match) {
    if (response.status != 200) return;
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

}  // namespace freshet::scheduler
