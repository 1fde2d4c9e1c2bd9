// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/batch.hpp"

#include <map>

namespace freshet::worker {

std::vector<rpc::Request> batchers(const Registry& registry, const std::string& worker) {
    std::vector<rpc::Request> requests;
    for (const TaskType* type : registry.types()) {
        if (!type->is_batchable()) continue;
        rpc::AddTaskBatcher batcher{.worker = worker, .task_family = std::string(type->family)};
        for (const Parameter& p : type->parameters)
            if (p.is_batched) batcher.batched_args.emplace_back(p.name);
        if (type->max_batch_size > 0) batcher.max_batch_size = type->max_batch_size;
        requests.emplace_back(std::move(batcher));
    }
    return requests;
}

std::vector<rpc::Assignment> members_of(const rpc::BatchAssignment& batch) {
    std::vector<rpc::Assignment> members;
    for (std::size_t i = 0; i < batch.task_ids.size(); ++i) {
        rpc::Assignment member{.task_id = batch.task_ids[i],
                               .family = batch.family,
                               .module = batch.module,
                               .params = batch.params,
                               .lease = batch.lease};
        for (auto& [name, text] : member.params)
            for (const auto& [batched, texts] : batch.batched)
                if (batched == name && i < texts.size()) text = texts[i];
        members.push_back(std::move(member));
    }
    return members;
}

AnyTask combined_task(const Registry& registry, const std::vector<AnyTask>& tasks) {
    const TaskType& type = tasks.front().type();
    Values values = tasks.front().values_with_secrets();
    std::map<std::string, std::vector<std::string>> texts;
    for (const AnyTask& task : tasks)
        for (const auto& [name, text] : task.values()) texts[name].push_back(text);
    for (const Parameter& p : type.parameters)
        if (const std::string name(p.name); p.is_batched) values[name] = p.combine(texts[name]);
    return registry.make(type.family, values);
}

}  // namespace freshet::worker
