// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"

#include "freshet/clock.hpp"

namespace gfs {

/// Before this instant no public mirror has had a file of that lead: nobody needs to ask.
freshet::Time earliest_publication(Cycle cycle, int lead);

/// By this instant nearly every cycle (99 of 100) has had it.
freshet::Time usual_publication(Cycle cycle, int lead);

}  // namespace gfs
