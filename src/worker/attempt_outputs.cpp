// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/publish.hpp"
#include "target/target_paths.hpp"
#include "target/unfinished.hpp"
#include "worker/attempt.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <set>
#include <system_error>

namespace freshet::worker {

namespace {

/// nullptr: the attempt has not written it.
auto* find_staged_target(auto& result, const AnyTarget& output) {
    const auto found = std::ranges::find(result.staged_targets, output.address(), &StagedTarget::address);
    return found == result.staged_targets.end() ? nullptr : &*found;
}

bool is_staged_file(const AttemptResult& result, const AnyTarget& output) {
    return std::ranges::any_of(
        result.staged, [&](const target::StagedOutput& staged) { return staged.target.native() == output.address(); });
}

/// A part of the outputs that is published in one step: a target, or the files of an attempt.
struct PublishedPart {
    StagedTarget* staged = nullptr;     ///< of a target; nullptr: the files
    const AnyTarget* output = nullptr;  ///< of a target
    bool existed = true;                ///< before anything was published
    std::set<std::string> addresses{};  ///< of its declared outputs
};

/// The publication of what one attempt has staged, when it is not only files.
class Publication {
public:
    Publication(const AnyTask& task, AttemptResult& result, TargetAttempt& attempt)
        : result_(result), attempt_(attempt), outputs_(task.outputs()) {
        if (outputs_.size() == 1 && result.staged.empty()) return;  // there is no other that may be missing
        for (const AnyTarget& output : outputs_)
            if (!output.exists()) missing_.insert(output.address());
    }

    PublishResult run() {
        for (const PublishedPart& part : parts_in_order())
            if (publish(part) == PublishResult::superseded) return PublishResult::superseded;
        return PublishResult::published;
    }

private:
    PublishResult publish(const PublishedPart& part) {
        const bool others_missing =
            std::ranges::any_of(missing_, [&](const std::string& one) { return !part.addresses.contains(one); });
        const IfExists if_exists = others_missing ? IfExists::replace : IfExists::keep;
        if (!part.staged) return target::publish(result_.staged, if_exists);
        const PublishResult published = part.output->commit(attempt_, part.staged->staged, if_exists);
        part.staged->is_published = published == PublishResult::published;
        return published;
    }

    /// Replaces existing outputs first, so that the task is complete when the last one is published, and not before.
    std::vector<PublishedPart> parts_in_order() {
        std::vector<PublishedPart> parts;
        PublishedPart files;
        std::size_t place_of_files = 0;
        for (const AnyTarget& output : outputs_) {
            if (is_staged_file(result_, output)) {
                add(output, files);
                place_of_files = parts.size();
            } else if (StagedTarget* staged = find_staged_target(result_, output)) {
                parts.push_back({.staged = staged, .output = &output});
                add(output, parts.back());
            }
        }
        if (!result_.staged.empty()) parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(place_of_files), files);
        std::ranges::stable_partition(parts, &PublishedPart::existed);
        return parts;
    }

    void add(const AnyTarget& output, PublishedPart& part) const {
        part.addresses.insert(output.address());
        part.existed = part.existed && !missing_.contains(output.address());
    }

    AttemptResult& result_;
    TargetAttempt& attempt_;
    const std::vector<AnyTarget> outputs_;
    std::set<std::string> missing_;  ///< addresses of the outputs that did not exist before, if there are several
};

/// Returns what abandon_outputs() does of one output.
std::string abandon_output(const AnyTarget& output, const AttemptResult& result, TargetAttempt& attempt) {
    if (output.is_published_target()) {
        const StagedTarget* staged = find_staged_target(result, output);
        if (!staged || !staged->is_published) output.abort(attempt);
    } else if (output.path()) {
        if (const auto aside = target::abandon(target::normalized_path(*output.path()), attempt.token))
            return fmt::format("'{}' is unfinished and was moved to '{}'", output.address(), aside->string());
    }
    return {};
}

}  // namespace

std::filesystem::path scratch_target(const AnyTask& task) {
    std::error_code code;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(code);
    return (code ? "/tmp" : folder) / fmt::format("freshet-{}", ::getuid()) / task.id();
}

bool has_staged(const AttemptResult& result, const AnyTarget& output) {
    return is_staged_file(result, output) || find_staged_target(result, output);
}

void check_created(const AnyTask& task, const AnyTarget& output) {
    if (!output.exists())
        throw Error(fmt::format("{} ran but did not create '{}'", task.description(), output.address()));
}

std::vector<StagedTarget> stage_targets(const AnyTask& task, const std::vector<AnyTarget>& outputs,
                                        TargetAttempt& attempt, const MakeReceipt& make_receipt) {
    std::vector<StagedTarget> all;
    for (const AnyTarget& output : outputs) {
        if (!output.is_published_target()) continue;
        StagedTarget one{.address = output.address(), .staged = {}};
        one.staged = output.stage(attempt, [&](const Content& content) {
            one.content = content;
            return make_receipt(content);
        });
        if (one.staged.is_null())
            check_created(task, output);
        else
            all.push_back(std::move(one));
    }
    return all;
}

PublishResult publish_outputs(const AnyTask& task, AttemptResult& result, TargetAttempt& attempt, IfExists if_exists) {
    if (result.staged_targets.empty()) return target::publish(result.staged, if_exists);
    try {
        const PublishResult published = Publication(task, result, attempt).run();
        if (published == PublishResult::superseded) {
            target::discard(result.staged);
            abandon_outputs(task, result, attempt);
        }
        return published;
    } catch (...) {
        target::discard(result.staged);
        throw;
    }
}

std::string abandon_outputs(const AnyTask& task, const AttemptResult& result, TargetAttempt& attempt) noexcept {
    std::string clauses;
    const auto try_to = [](const auto& end_one) {
        try {
            end_one();
        } catch (...) {
            // Left to the next attempt, which moves aside what is unfinished and sweeps what lost ones have staged.
        }
    };
    try_to([&] {
        for (const AnyTarget& output : task.outputs())
            try_to([&] {
                if (const std::string clause = abandon_output(output, result, attempt); !clause.empty())
                    clauses += (clauses.empty() ? "" : "; ") + clause;
            });
    });
    try_to([&] { target::remove_temporaries(scratch_target(task), attempt.token); });
    return clauses;
}

void abandon_outputs(const AnyTask& task, const AttemptResult& result, TargetAttempt& attempt,
                     Failure& failure) noexcept {
    if (const std::string clause = abandon_outputs(task, result, attempt); !clause.empty())
        failure.message += "; " + clause;
}

}  // namespace freshet::worker
