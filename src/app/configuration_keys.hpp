// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/configuration.hpp"

namespace freshet::app {

/// Puts the value where it belongs. Throws ParameterError for one of the command line that is wrong or unknown,
/// ConfigurationError with its origin for any other.
void set(Configuration& configuration, const GivenValue& value);

}  // namespace freshet::app
