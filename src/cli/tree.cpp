// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/tree_text.hpp"

#include "worker/plan.hpp"

#include <ostream>

namespace freshet::run {

ExitStatus tree_command(const CommandContext& context) {
    const AnyTask root = named_task(context);
    worker::make_plan({root});  // refuses a cycle, naming its path
    const TreeStyle style = context.cli.is_utf8 ? TreeStyle::utf8 : TreeStyle::ascii;
    context.cli.out << (context.parsed.has("dot") ? tree_dot(root) : tree_text(root, style));
    return ExitStatus::complete;
}

}  // namespace freshet::run
