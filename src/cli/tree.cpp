// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"
#include "cli/parameters.hpp"
#include "worker/plan.hpp"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace freshet::cli {

namespace {

struct TreeGlyphs {
    std::string_view fork, last, vertical, blank;
};
constexpr TreeGlyphs ascii{"|-- ", "`-- ", "|   ", "    "};
constexpr TreeGlyphs utf8{"├── ", "└── ", "│   ", "    "};

/// A line of the tree that is still to be written, with the prefixes of its own and of its requirements' lines.
struct PendingLine {
    AnyTask task;
    std::string prefix{};
    std::string child_prefix{};
};

std::string_view status_label(const AnyTask& task) {
    if (task.complete()) return "complete";
    return task.type().kind == TaskKind::external ? "missing" : "to do";
}

std::string dot_quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

/// The task and its requirements, each below the task that requires it; a repeated task is not expanded again.
std::string tree_text(const AnyTask& root, const TreeGlyphs& glyphs) {
    std::unordered_set<std::string> expanded;
    std::vector<PendingLine> stack{{root}};  // not recursion: a chain may be longer than the call stack
    std::string text;
    while (!stack.empty()) {
        const PendingLine line = std::move(stack.back());
        stack.pop_back();
        const auto required = line.task.requirements();
        const bool is_repeated = !expanded.insert(line.task.id()).second && !required.empty();
        text += fmt::format("{}{}  [{}]{}\n", line.prefix, line.task.description(), status_label(line.task),
                            is_repeated ? " (expanded above)" : "");
        if (is_repeated) continue;
        for (std::size_t i = required.size(); i-- > 0;) {
            const bool is_last = i + 1 == required.size();
            stack.push_back({required[i], line.child_prefix + std::string(is_last ? glyphs.last : glyphs.fork),
                             line.child_prefix + std::string(is_last ? glyphs.blank : glyphs.vertical)});
        }
    }
    return text;
}

/// The graph of the task and its requirements for Graphviz: `dot -Tsvg`.
std::string tree_dot(const AnyTask& root) {
    std::unordered_set<std::string> seen{root.id()};
    std::vector<AnyTask> stack{root};
    std::string text = "digraph tasks {\n  rankdir=LR;\n  node [shape=box];\n";
    while (!stack.empty()) {
        const AnyTask task = std::move(stack.back());
        stack.pop_back();
        text += fmt::format("  {} [label={}{}];\n", dot_quoted(task.id()), dot_quoted(task.description()),
                            task.complete() ? ", style=filled" : "");
        for (AnyTask& required : task.requirements()) {
            text += fmt::format("  {} -> {};\n", dot_quoted(task.id()), dot_quoted(required.id()));
            if (seen.insert(required.id()).second) stack.push_back(std::move(required));
        }
    }
    return text + "}\n";
}

}  // namespace

ExitStatus tree_command(const CommandContext& context) {
    const AnyTask root = named_task(context);
    worker::make_plan({root});  // throws for a cycle, with its path
    context.cli.out << (context.parsed.has("dot") ? tree_dot(root)
                                                  : tree_text(root, context.cli.is_utf8 ? utf8 : ascii));
    return ExitStatus::success;
}

}  // namespace freshet::cli
