// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

namespace freshet::run {

/// A configuration file or the environment is wrong, not the command line: the program ends with another status.
class ConfigError : public ParameterError {
public:
    using ParameterError::ParameterError;
};

}  // namespace freshet::run
