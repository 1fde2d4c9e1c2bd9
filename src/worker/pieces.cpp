// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/pieces.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace freshet::worker {

namespace {

constexpr std::size_t max_tasks = 1'000;
constexpr std::size_t max_bytes = 2u << 20;  // of text: JSON may make six of one byte, and freshetd reads 16 MiB
constexpr std::size_t fixed_size = 600;      // names of members, numbers and the policy of a task

std::size_t size_of(const std::optional<std::vector<std::string>>& ids) {
    std::size_t size = 0;
    if (ids)
        for (const std::string& id : *ids) size += id.size() + 3;
    return size;
}

std::size_t size_of(const rpc::AddTask& task) {
    std::size_t size = fixed_size + task.task_id.size() + size_of(task.deps) + size_of(task.new_deps);
    for (const auto& [name, value] : task.params) size += name.size() + value.size();
    if (task.expl) size += task.expl->size();
    return size;
}

}  // namespace

std::size_t first_chunk_size(std::span<const rpc::AddTask> tasks) {
    const std::size_t max_count = std::min(tasks.size(), max_tasks);
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < max_count; ++count) {
        bytes += size_of(tasks[count]);
        if (bytes > max_bytes && count > 0) break;
    }
    return count;
}

}  // namespace freshet::worker
