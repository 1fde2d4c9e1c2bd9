// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The words in which the command line and the page say why a task failed, runs or waits. Each begins after its name.
namespace freshet::scheduler {

struct Failed {
    std::uint32_t attempt = 1;  ///< 0: it never ran
    Time at{};
    bool is_early = false;              ///< something is not there yet
    std::string message{};              ///< as people read it
    bool is_disabled = false;           ///< having failed too often
    bool is_given_up = false;           ///< nobody of this run tries again
    std::optional<Time> next_chance{};  ///< when its pause ends
};

/// "failed at attempt 3 at 2026-08-21T06:00:01Z: why; to be tried again at 06:05:01Z"
std::string sentence(const Failed& failed);

struct Running {
    Time since{};
    std::uint32_t attempt = 1;
    std::string worker{};
};

/// "has been running since 2026-08-21T06:00:01Z (attempt 1 by W)"
std::string sentence(const Running& running);

/// What holds a task up, the clearest cause first.
enum class Hindrance { failed, external, early, running, unplanned, never_ran };

struct Obstacle {
    Hindrance hindrance = Hindrance::never_ran;
    std::string words{};  ///< beginning with the task that is the cause: "Load(day=1), which failed at ..."
};

/// "waits for Load(day=1), which failed at ...": the clearest of the causes, of which there must be one.
std::string waits_for(const std::vector<Obstacle>& causes);

/// A worker's message as people read it: Luigi's send theirs as a JSON text.
std::string plain(const std::string& message);

/// "2026-08-21T06:00:01Z"
std::string instant(Time time);

}  // namespace freshet::scheduler
