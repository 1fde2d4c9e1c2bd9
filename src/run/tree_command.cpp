// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/tree.hpp"

#include "worker/plan.hpp"

#include <ostream>

namespace freshet::run {

Status tree_command(const Call& call) {
    const AnyTask root = named_task(call);
    worker::make_plan({root});  // refuses a cycle, naming its path
    const Branches branches = call.world.is_utf8 ? Branches::utf8 : Branches::ascii;
    call.world.out << (call.invocation.has("dot") ? tree_dot(root) : tree_text(root, branches));
    return Status::complete;
}

}  // namespace freshet::run
