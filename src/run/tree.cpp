// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace freshet::run {

namespace {

struct Strokes {
    std::string_view fork, last, beside, below;
};
constexpr Strokes ascii{"|-- ", "`-- ", "|   ", "    "};
constexpr Strokes utf8{"├── ", "└── ", "│   ", "    "};

/// A task that is still to be written, with what stands before it on its line and on those of its requirements.
struct Branch {
    AnyTask task;
    std::string before{};
    std::string before_children{};
};

std::string_view mark_of(const AnyTask& task) {
    if (task.complete()) return "complete";
    return task.type().kind == Kind::external ? "missing" : "to do";
}

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

}  // namespace

std::string tree_text(const AnyTask& root, Branches branches) {
    const Strokes& strokes = branches == Branches::utf8 ? utf8 : ascii;
    std::unordered_set<std::string> unfolded;
    std::vector<Branch> open{{root}};  // a list, not recursion: chains may be as long as somebody likes
    std::string text;
    while (!open.empty()) {
        const Branch branch = std::move(open.back());
        open.pop_back();
        const auto required = branch.task.requirements();
        const bool is_repeated = !unfolded.insert(branch.task.id()).second && !required.empty();
        text += fmt::format("{}{}  [{}]{}\n", branch.before, branch.task.description(), mark_of(branch.task),
                            is_repeated ? " (unfolded above)" : "");
        if (is_repeated) continue;
        for (std::size_t i = required.size(); i-- > 0;) {
            const bool is_last = i + 1 == required.size();
            open.push_back({required[i], branch.before_children + std::string(is_last ? strokes.last : strokes.fork),
                            branch.before_children + std::string(is_last ? strokes.below : strokes.beside)});
        }
    }
    return text;
}

std::string tree_dot(const AnyTask& root) {
    std::unordered_set<std::string> seen{root.id()};
    std::vector<AnyTask> open{root};
    std::string text = "digraph tasks {\n  rankdir=LR;\n  node [shape=box];\n";
    while (!open.empty()) {
        const AnyTask task = std::move(open.back());
        open.pop_back();
        text += fmt::format("  {} [label={}{}];\n", in_quotes(task.id()), in_quotes(task.description()),
                            task.complete() ? ", style=filled" : "");
        for (AnyTask& required : task.requirements()) {
            text += fmt::format("  {} -> {};\n", in_quotes(task.id()), in_quotes(required.id()));
            if (seen.insert(required.id()).second) open.push_back(std::move(required));
        }
    }
    return text + "}\n";
}

}  // namespace freshet::run
