// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// Sets what the key of the section [scheduler] stands for; '-' in it is '_'. Throws ParameterError, naming the key,
/// when there is no such key or the text is not a value of it.
void set_key(Config& config, std::string_view key, std::string_view text);

/// All such keys.
std::vector<std::string> config_keys();

/// Luigi's keys that mean nothing here: where its state lies, its e-mail and its metrics.
bool is_foreign_key(std::string_view key);

}  // namespace freshet::scheduler
