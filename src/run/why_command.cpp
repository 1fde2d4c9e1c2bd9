// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/explanation.hpp"
#include "run/state_place.hpp"

#include <ostream>

namespace freshet::run {

Status why_command(const Call& call) {
    const auto place = state_place(call, likely_root(call));
    auto state = read_state(place);
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    store::History* known_so_far = history ? &*history : nullptr;
    call.world.out << explain(known_task(call, known_so_far), {call.registry, known_so_far, call.world.clock.now()}) << '\n';
    return Status::complete;
}

}  // namespace freshet::run
