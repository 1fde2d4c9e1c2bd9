// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"

#include <filesystem>

namespace freshet::daemon {

/// Where freshetd's state is unless something says otherwise. Throws ConfigError when nothing says where.
std::filesystem::path default_state(const Environment& environment, bool is_root);

/// Where the log of a daemon in the background is unless --logdir says otherwise.
std::filesystem::path default_logdir(const Environment& environment, bool is_root);

}  // namespace freshet::daemon
