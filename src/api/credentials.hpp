// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// The token of the one header Authorization: "Bearer TOKEN", or "Basic", where it is the password, as a URL with
/// "user:TOKEN@" makes clients send it. Nothing when the header is missing, twice there, or of another form.
std::optional<std::string> token_from(const http::Headers& headers);

/// The values of all headers of that name.
std::vector<std::string_view> header_values(const http::Headers& headers, std::string_view name);

}  // namespace freshet::scheduler
