// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::FailureClass;

/// The most hopeful first. What is not there yet is waited for, at no cost of attempts, and every look asks all roots
/// again; so one broken root beside it must not use the attempts up.
constexpr FailureClass by_hope[] = {FailureClass::not_yet, FailureClass::throttled, FailureClass::transient,
                                    FailureClass::permanent};

}  // namespace

void Refusals::add(const std::string& root, const freshet::TransientError& error) {
    refusals_.emplace_back(root, error);
}

freshet::TransientError Refusals::together(const std::string& what) const {
    if (refusals_.size() == 1) return refusals_.front().second;
    const auto hope = [](const auto& refusal) {
        return std::ranges::find(by_hope, refusal.second.failure_class()) - std::begin(by_hope);
    };
    const auto best = hope(*std::ranges::min_element(refusals_, {}, hope));
    std::string message = fmt::format("no root gives {}", what);
    std::optional<std::chrono::seconds> pause;
    bool is_pause_known = true;
    for (const auto& refusal : refusals_) {
        message += fmt::format("; {}: {}", refusal.first, refusal.second.what());
        if (hope(refusal) != best) continue;
        const auto told = refusal.second.retry_after();
        // Whichever is first: one that does not say when may be well at the usual time.
        is_pause_known = is_pause_known && told.has_value();
        if (told) pause = std::min(pause.value_or(*told), *told);
    }
    return freshet::TransientError(message, by_hope[best], is_pause_known ? pause : std::nullopt);
}

}  // namespace gfs
