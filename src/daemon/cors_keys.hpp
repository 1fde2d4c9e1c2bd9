// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/cors.hpp"

#include <string_view>

namespace freshet::daemon {

/// Sets what the key of the section [cors] stands for. Throws ParameterError when there is no such key or the text is
/// not a value of it.
void set_cors_key(api::Cors& cors, std::string_view key, std::string_view text);

}  // namespace freshet::daemon
