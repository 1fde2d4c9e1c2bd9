// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace freshet {

/// The name of this machine; "unknown" if it cannot be found out.
std::string host_name();

}  // namespace freshet
