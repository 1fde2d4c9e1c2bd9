// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"

namespace freshet::scheduler {

/// The arguments of a call: the form field "data", a JSON object. The last one counts, and the body's before the
/// query's, with any HTTP method; none is no arguments. A body of type application/json is the arguments itself.
/// Throws Error for what is no JSON.
Json rpc_arguments(const http::Request& request, const FormFields& query);

}  // namespace freshet::scheduler
