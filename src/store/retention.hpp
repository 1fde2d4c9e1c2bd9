// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "store/tables.hpp"

namespace freshet::store {

/// Returns the time before which history has expired, and records that this was asked at `now`. Ages are counted from
/// the latest such record that is at least a day old (a retention period, if that is shorter), plus that day: a clock
/// that is wrong for less than a day deletes nothing. Time::min() until there is such a record. Call regularly, within
/// a transaction.
Time retention_cutoff(StateTables& tables, Time now, Time::duration retention);

}  // namespace freshet::store
