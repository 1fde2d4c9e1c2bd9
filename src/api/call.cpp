// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/call.hpp"

#include "freshet/text.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

/// "application/json" of "Application/JSON; charset=UTF-8".
std::string media_type(const http::Request& request) {
    const std::string value = http::find_header(request.headers, "Content-Type").value_or("");
    return lower(trimmed(std::string_view(value).substr(0, value.find(';'))));
}

const std::string* last_data(const FormFields& fields) {
    const auto found =
        std::find_if(fields.rbegin(), fields.rend(), [](const auto& field) { return field.first == "data"; });
    return found == fields.rend() ? nullptr : &found->second;
}

}  // namespace

Json rpc_arguments(const http::Request& request, const FormFields& query) {
    const std::string type = request.body.empty() ? "" : media_type(request);
    if (type == "application/json") return Json::parse(request.body);
    const FormFields form = type == "application/x-www-form-urlencoded" ? form_decoded(request.body) : FormFields{};
    const std::string* data = last_data(form);
    if (!data) data = last_data(query);
    return data ? Json::parse(*data) : Json::object();
}

}  // namespace freshet::scheduler
