// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/lineage.hpp"

#include <unordered_set>

namespace freshet::target {

namespace {

Input input_of(const AnyTask& task, const AnyTarget& output) {
    Input input{task.id(), output.address()};
    if (!output.path()) return input;
    if (const auto receipt = read_receipt(*output.path())) input.content = receipt->content;
    return input;
}

}  // namespace

std::vector<Input> lineage_of(std::vector<AnyTask> open) {
    std::vector<Input> inputs;
    std::unordered_set<std::string> seen;
    for (std::size_t next = 0; next < open.size(); ++next) {
        const AnyTask task = open[next];
        if (!seen.insert(task.id()).second) continue;
        for (const AnyTarget& output : task.outputs()) inputs.push_back(input_of(task, output));
        if (task.type().kind == TaskKind::wrapper && !task.type().has_outputs)
            for (AnyTask& required : task.requirements()) open.push_back(std::move(required));
    }
    return inputs;
}

}  // namespace freshet::target
