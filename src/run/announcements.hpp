// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include "store/state_file.hpp"
#include "worker/plan.hpp"

namespace freshet::run {

/// An announcing task is complete when its output exists and its event is queued or delivered. Where a crash came
/// between the two, the event is taken from the output's receipt and queued now, with the id it had.
void recover_events(const worker::Plan& plan, store::StateFile& state, Time now);

}  // namespace freshet::run
