// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace freshet::dashboard {

/// The description of /api/v1 (openapi.json), as OpenAPI 3.1.
std::string_view openapi();

}  // namespace freshet::dashboard
