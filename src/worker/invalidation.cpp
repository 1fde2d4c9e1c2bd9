// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/invalidation.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "target/invalidated.hpp"
#include "worker/staleness.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

bool is_there(const AnyTarget& output) { return output.path() ? lexists(*output.path()) : output.exists(); }

void check_runs_again(const AnyTask& task) {
    if (task.type().kind == TaskKind::external)
        throw ParameterError(
            fmt::format("invalidate {}: it is external: nothing here makes it again", task.description()));
    if (!can_be_retired(task))
        throw ParameterError(
            fmt::format("invalidate {}: it has no output that can be moved aside", task.description()));
}

/// Returns where to; "" when nothing was there any more.
std::string move_aside(const AnyTarget& output, Time now) {
    const std::filesystem::path* path = output.path();
    if (!path) return output.retire();
    const auto aside = target::invalidate(*path, now);
    return aside ? aside->string() : std::string();
}

}  // namespace

std::vector<PublishedOutput> published_outputs(const std::vector<AnyTask>& tasks) {
    const auto is_wrapper = [](const AnyTask& task) { return task.type().kind == TaskKind::wrapper; };
    if (!tasks.empty() && std::ranges::all_of(tasks, is_wrapper))
        throw ParameterError(
            fmt::format("invalidate {}: it is a wrapper, without an output: name a task that it requires",
                        tasks.front().description()));
    std::vector<PublishedOutput> published;
    for (const AnyTask& task : tasks) {
        if (is_wrapper(task)) continue;
        check_runs_again(task);
        for (const AnyTarget& output : task.outputs())
            if (output.can_be_retired() && is_there(output)) published.push_back({task, output});
    }
    return published;
}

std::string invalidate(const PublishedOutput& published, Time now) {
    return fmt::format("'{}' was moved to '{}'", published.output.address(), move_aside(published.output, now));
}

}  // namespace freshet::worker
