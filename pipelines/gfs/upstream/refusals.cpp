// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::FailureClass;

/// The most hopeful first. What is not there yet is waited for, at no cost of attempts, and every look asks all mirrors
/// again; so one broken mirror beside it must not use the attempts up.
constexpr FailureClass most_hopeful_first[] = {FailureClass::not_ready, FailureClass::throttled,
                                               FailureClass::transient, FailureClass::permanent};

}  // namespace

void CombinedErrors::add(const std::string& mirror, const freshet::TransientError& error) {
    errors_.emplace_back(mirror, error);
}

freshet::TransientError CombinedErrors::combined(const std::string& what) const {
    if (errors_.size() == 1) return errors_.front().second;
    const auto rank = [](const auto& entry) {
        return std::ranges::find(most_hopeful_first, entry.second.failure_class()) - std::begin(most_hopeful_first);
    };
    const auto best = rank(*std::ranges::min_element(errors_, {}, rank));
    std::string message = fmt::format("no root gives {}", what);
    std::optional<std::chrono::seconds> shortest_wait;
    bool is_wait_known = true;
    for (const auto& entry : errors_) {
        message += fmt::format("; {}: {}", entry.first, entry.second.what());
        if (rank(entry) != best) continue;
        const auto retry_after = entry.second.retry_after();
        // Whichever is first: one that does not say when may be well at the usual time.
        is_wait_known = is_wait_known && retry_after.has_value();
        if (retry_after) shortest_wait = std::min(shortest_wait.value_or(*retry_after), *retry_after);
    }
    return freshet::TransientError(message, most_hopeful_first[best], is_wait_known ? shortest_wait : std::nullopt);
}

}  // namespace gfs
