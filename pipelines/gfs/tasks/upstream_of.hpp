// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/wanted.hpp"
#include "upstream/upstream.hpp"

#include "freshet/context.hpp"

namespace gfs {

/// The mirrors as the task's source names them. What is learnt of them stays beside the store's state.
inline Upstream make_upstream(const CycleParameters& parameters, freshet::Context& context) {
    return Upstream(
        parameters.source,
        {.client = context.http(),
         .clock = context.clock(),
         .cache_folder = parameters.source_memory.empty() ? parameters.root / ".freshet" : parameters.source_memory,
         .truncated_files = parameters.accept_short ? TruncatedFiles::accepted : TruncatedFiles::rejected,
         .cancelled = [&context] { return context.cancelled(); }});
}

}  // namespace gfs
