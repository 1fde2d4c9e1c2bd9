// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace freshet::daemon {

/// By which this machine can be called without anybody's help: its name, and its addresses as URLs have them.
std::vector<std::string> local_hostnames();

}  // namespace freshet::daemon
