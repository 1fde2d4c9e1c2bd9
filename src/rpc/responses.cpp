// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/responses.hpp"

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

}  // namespace freshet::rpc
