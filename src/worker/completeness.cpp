// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"

#include "base/files.hpp"
#include "target/unfinished.hpp"

#include <algorithm>
#include <atomic>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

namespace freshet::worker {

namespace {

constexpr std::size_t max_threads = 32;  // a server that needs 2 ms for an answer gives 16,000 a second
constexpr std::size_t max_bulk = 1'000;

/// Bulk targets of one class, and the checks that they are part of.
struct BulkQuestion {
    std::vector<const AnyTarget*> targets{};
    std::vector<OutputCheck*> checks{};
};

std::vector<BulkQuestion> bulk_questions(std::vector<OutputCheck>& checks) {
    std::vector<BulkQuestion> questions;
    for (OutputCheck& check : checks)
        for (const AnyTarget& output : check.outputs) {
            if (!output.is_bulk_target()) continue;
            auto found = std::ranges::find_if(questions, [&](const BulkQuestion& question) {
                return question.targets.front()->is_of_class_of(output) && question.targets.size() < max_bulk;
            });
            if (found == questions.end()) found = questions.insert(found, BulkQuestion());
            found->targets.push_back(&output);
            found->checks.push_back(&check);
        }
    return questions;
}

void ask(const BulkQuestion& question) {
    try {
        const std::vector<bool> exist = AnyTarget::exist(question.targets);
        for (std::size_t i = 0; i < exist.size(); ++i)
            question.checks[i]->all_exist = question.checks[i]->all_exist && exist[i];
    } catch (...) {
        for (OutputCheck* check : question.checks) check->error = std::current_exception();
    }
}

/// Asks for files: first for all of them, then whether they are finished.
void ask_for_files(std::vector<OutputCheck>& checks) {
    std::vector<std::pair<OutputCheck*, const std::filesystem::path*>> found;
    const auto try_for = [](OutputCheck& check, auto question) {
        if (!check.all_exist || check.error) return;
        try {
            check.all_exist = question();
        } catch (...) {
            check.error = std::current_exception();
        }
    };
    for (OutputCheck& check : checks)
        for (const AnyTarget& output : check.outputs)
            if (const auto* path = output.path()) {
                try_for(check, [&] { return exists_at(*path); });
                found.emplace_back(&check, path);
            }
    target::UnfinishedOutputs unfinished;
    for (const auto& [check, path] : found) try_for(*check, [&] { return !unfinished.contain(*path); });
}

/// Asks for the outputs that are neither files nor bulk targets.
void ask(OutputCheck& check) {
    try {
        check.all_exist = check.all_exist && std::ranges::all_of(check.outputs, [](const AnyTarget& output) {
                              return output.is_bulk_target() || output.path() || output.exists();
                          });
    } catch (...) {
        check.error = std::current_exception();
    }
}

bool asks_a_server(const OutputCheck& check) {
    return std::ranges::any_of(check.outputs,
                               [](const AnyTarget& output) { return !output.path() && !output.is_bulk_target(); });
}

void ask_in_threads(std::span<OutputCheck* const> checks) {
    std::atomic<std::size_t> next = 0;
    const auto ask_on = [&] {
        for (std::size_t i = next++; i < checks.size(); i = next++) ask(*checks[i]);
    };
    std::vector<std::jthread> threads;
    try {
        while (threads.size() + 1 < std::min(max_threads, checks.size())) threads.emplace_back(ask_on);
    } catch (const std::system_error&) {
        // Fewer do.
    }
    ask_on();
}

}  // namespace

void check_outputs(std::vector<OutputCheck>& checks) {
    for (OutputCheck& check : checks) check.all_exist = !check.error && !check.outputs.empty();
    for (const BulkQuestion& question : bulk_questions(checks)) ask(question);
    ask_for_files(checks);
    std::vector<OutputCheck*> slow;
    for (OutputCheck& check : checks)
        if (asks_a_server(check)) slow.push_back(&check);
    ask_in_threads(slow);
}

}  // namespace freshet::worker
