// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/answers.hpp"

#include "freshet/digest.hpp"
#include "wire/codec.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t tag_size = 40;  // digits: as long as Luigi's

std::string without_end_tags(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t at = text.find("</"); at != text.npos; at = text.find("</")) {
        safe.append(text.substr(0, at)).append("<\\/");
        text.remove_prefix(at + 2);
    }
    return safe.append(text);
}

}  // namespace

http::Response json_answer(const Json& document) {
    return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}},
            .body = without_end_tags(document.python_text())};
}

http::Response error_answer(int status, std::string_view reason) {
    http::Response response = json_answer(Json::Object{{"error", reason}});
    response.status = status;
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

http::Response wire_answer(const wire::Response& response) {
    if (const auto* refusal = std::get_if<wire::Refusal>(&response)) return error_answer(500, refusal->message);
    if (const auto* trouble = std::get_if<wire::Unavailable>(&response)) return error_answer(503, trouble->message);
    return json_answer(Json::Object{{"response", wire::encode(response)}});
}

void tag(http::Response& response, const std::optional<std::string>& if_none_match) {
    if (response.status != 200) return;
    const std::string etag = fmt::format("\"{}\"", sha256(response.body).substr(0, tag_size));
    response.headers.emplace_back("Etag", etag);
    if (!if_none_match || (*if_none_match != "*" && if_none_match->find(etag) == if_none_match->npos)) return;
    response.status = 304;
    response.body.clear();
}

void harden(http::Response& response) {
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
