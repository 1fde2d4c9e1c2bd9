// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/upstream.hpp"
#include "tasks/wanted.hpp"

#include "freshet/context.hpp"

namespace gfs {

/// The roots as the task's source names them. What is learnt of them stays beside the store's state.
inline Upstream upstream_of(const Wanted& wanted, freshet::Context& context) {
    return Upstream(wanted.source, {.client = context.http(),
                                    .clock = context.clock(),
                                    .memory = wanted.source_memory.empty() ? wanted.root / ".freshet" : wanted.source_memory,
                                    .short_files = wanted.accept_short ? Short::accepted : Short::held_back,
                                    .cancelled = [&context] { return context.cancelled(); }});
}

}  // namespace gfs
