// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/page/front_page.hpp"
#include "scheduler/page/html.hpp"
#include "scheduler/page/layout.hpp"

#include <vector>

namespace freshet::scheduler::page {

/// Something that an operator has to know of, or wait for: one sentence.
struct Trouble {
    Mood mood = Mood::bad;
    std::string word{};  ///< the state
    Html sentence{};
    Html more{};  ///< when, what it holds up, what else is like it
};

/// What is wrong, the worst first.
std::vector<Trouble> troubles_in(const Snapshot& snapshot, const Surroundings& around);

/// What waits for something that is not there yet, or is late.
std::vector<Trouble> delays_in(const Snapshot& snapshot);

Html list_of(const std::vector<Trouble>& troubles, Mood mood);

}  // namespace freshet::scheduler::page
