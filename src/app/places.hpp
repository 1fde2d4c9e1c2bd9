// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/settings.hpp"

#include <filesystem>

namespace freshet::app {

/// Where freshetd's state is unless something says otherwise. Throws ConfigurationError when nothing says where.
std::filesystem::path default_state(const Environment& environment, bool is_root);

/// Where the log of a daemon in the background is unless --logdir says otherwise.
std::filesystem::path default_logdir(const Environment& environment, bool is_root);

}  // namespace freshet::app
