// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/responses.hpp"

#include <algorithm>

namespace freshet::rpc {

template <class Alternative>
requires(!std::derived_from<Alternative, ResponseAlternatives> &&
         std::constructible_from<ResponseAlternatives, Alternative>) Response::Response(Alternative value)
    : ResponseAlternatives(std::in_place_type<Alternative>, std::move(value)) {}

template Response::Response(Nothing);
template Response::Response(TaskAdded);
template Response::Response(TasksAdded);
template Response::Response(Work);
template Response::Response(Pending);
template Response::Response(Messages);
template Response::Response(LeaseState);
template Response::Response(ErrorResponse);
template Response::Response(Unavailable);
template Response::Response(Json);

Response::Response(const Response&) = default;
Response::Response(Response&&) noexcept = default;
Response& Response::operator=(const Response&) = default;
Response& Response::operator=(Response&&) noexcept = default;
Response::~Response() = default;

Json server_info() {
    using namespace extension_names;
    return Json::Object{{"name", "freshetd"},
                        {"version", FRESHET_VERSION},
                        {"extensions", Json::Array{register_tasks, leases, failures, events, attempts, families, wait,
                                                   explain, queue_status, retry_tasks}}};
}

bool has_extension(const Json& server_info, std::string_view name) {
    const Json* extensions = server_info.is_object() ? server_info.find("extensions") : nullptr;
    if (!extensions || !extensions->is_array()) return false;
    const auto& names = extensions->as_array();
    return std::any_of(names.begin(), names.end(),
                       [&](const Json& known) { return known.is_string() && known.as_string() == name; });
}

}  // namespace freshet::rpc
