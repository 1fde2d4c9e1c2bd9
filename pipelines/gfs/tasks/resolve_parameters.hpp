// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/parameter.hpp"

#include <string_view>

namespace gfs {

/// Turns `latest` and `previous` in the parameter cycle into an hour: the newest cycle whose first files upstream has
/// published by now as a rule, 3 h 20 min after its analysis time, or the one before. Watch and Contiguous have
/// `latest` where no cycle is given.
void resolve_cycle_alias(std::string_view family, freshet::Values& values, const freshet::Clock& clock);

}  // namespace gfs
