// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/explanation.hpp"
#include "cli/state_path.hpp"

#include <ostream>

namespace freshet::run {

ExitStatus why_command(const CommandContext& context) {
    const auto path = state_path(context, example_root(context));
    auto state = open_state_read_only(path);
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    store::History* history_or_null = history ? &*history : nullptr;
    context.cli.out << explain(look_up_task(context, history_or_null),
                               {context.registry, history_or_null, context.cli.clock.now()})
                    << '\n';
    return ExitStatus::complete;
}

}  // namespace freshet::run
