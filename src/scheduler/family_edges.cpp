// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/family_edges.hpp"

namespace freshet::scheduler {

void FamilyEdges::add(const Symbol& requiring, const Symbol& required, std::int64_t count) {
    if (count == 0) return;
    const bool is_last = last_ != counts_.end() && last_->first.first == requiring && last_->first.second == required;
    if (!is_last) last_ = counts_.try_emplace({requiring, required}).first;
    if ((last_->second += count) != 0) return;
    counts_.erase(last_);
    last_ = counts_.end();
}

}  // namespace freshet::scheduler
