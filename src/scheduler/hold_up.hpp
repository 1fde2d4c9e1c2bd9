// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"

#include <string>

namespace freshet::scheduler {

/// Tasks that wait for no other, and that nothing but their family tells apart for a worker.
struct Runnable {
    const Crew& workers;
    const Demand& resources;
    bool was_offered = false;  ///< some worker offered to run it, so that any assistant may
    const Name& family;
};

/// Why a task that waits for no other has not been handed out.
struct HoldUp {
    std::string words{};             ///< a sentence that begins after its name
    bool takes_an_operator = false;  ///< it will not pass by itself
    bool is_made_elsewhere = false;  ///< nobody here runs it: its output appears some day
};
HoldUp hold_up(const Board& board, const Runnable& tasks, Time now);

}  // namespace freshet::scheduler
