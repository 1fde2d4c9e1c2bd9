// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// Sets what the key of the section [scheduler] stands for; '-' in it is '_'. Throws ParameterError, naming the key,
/// when there is no such key or the text is not a value of it.
void set_key(Config& config, std::string_view key, std::string_view text);

/// All such keys.
std::vector<std::string> config_keys();

/// What there is here in place of a key of [scheduler], or of a section, by which luigid is told of its state, history,
/// e-mail, metrics or log; nullopt: it is none of these.
std::optional<std::string_view> replacement_of_key(std::string_view key);
std::optional<std::string_view> replacement_of_section(std::string_view section);

}  // namespace freshet::scheduler
