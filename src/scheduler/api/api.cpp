// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/api.hpp"

#include "wire/codec.hpp"

#include <future>

namespace freshet::scheduler {

namespace {

constexpr std::string_view api_path = "/api/";

std::string decoded(std::string_view form) {
    std::string text;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] == '%' && i + 2 < form.size()) {
            text += static_cast<char>(std::stoi(std::string(form.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            text += form[i] == '+' ? ' ' : form[i];
        }
    }
    return text;
}

/// The arguments: in the body, else in the query.
Json arguments(const http::Request& request) {
    const std::size_t question = request.url.find('?');
    std::string_view form = request.body;
    if (form.empty() && question != std::string::npos) form = std::string_view(request.url).substr(question + 1);
    constexpr std::string_view data = "data=";
    if (!form.starts_with(data)) return Json::object();
    return Json::parse(decoded(form.substr(data.size())));
}

}  // namespace

http::Response Api::handle(const http::Request& request) {
    const std::string path = request.url.substr(0, request.url.find('?'));
    if (path == "/" && request.method == "HEAD") return {.status = 204};
    if (!path.starts_with(api_path)) return {.status = 404};
    try {
        std::promise<wire::Response> promise;
        executor_.submit({wire::decode(path.substr(api_path.size()), arguments(request))},
                         [&](auto responses) { promise.set_value(std::move(responses.front())); });
        const Json response = wire::encode(promise.get_future().get());
        return {.headers = {{"Content-Type", "application/json; charset=UTF-8"}},
                .body = Json(Json::Object{{"response", response}}).python_text()};
    } catch (const ParameterError& error) {
        return {.status = 500, .body = error.what()};
    }
}

}  // namespace freshet::scheduler
