// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_log_store.hpp"

#include "store/attempt_log_folder.hpp"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

bool is_run_id(std::string_view text) {
    constexpr std::size_t longest = 100;
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

fs::path AttemptLogStore::file_of(const AttemptLogKey& key) const {
    return attempt_log_path(task_logs_folder(folder_, key.task_id) / key.run_id, key.number);
}

std::mutex& AttemptLogStore::mutex_of(const AttemptLogKey& key) const {
    return mutexes_[std::hash<std::string>()(key.task_id) % mutexes_.size()];
}

std::uint64_t AttemptLogStore::append(const AttemptLogKey& key, std::uint64_t position, std::string_view text) {
    const fs::path file = file_of(key);
    const std::lock_guard lock(mutex_of(key));
    if (!exists_at(file)) {
        create_folders(file.parent_path());
        remove_old_logs(folder_, retention_);
    }
    AttemptLog log = AttemptLog::open(file);
    log.skip_to(position);
    const std::uint64_t known = log.end() - position;
    if (known < text.size()) log.append(text.substr(known));
    return log.end();
}

std::vector<AttemptLogKey> AttemptLogStore::list(std::string_view task_id) const {
    std::vector<std::pair<fs::file_time_type, AttemptLogKey>> found;
    const auto add = [&](const fs::directory_entry& file, const std::string& run_id) {
        std::error_code unknown;
        if (const auto number = attempt_log_number(file.path().filename().string()))
            found.emplace_back(file.last_write_time(unknown), AttemptLogKey{std::string(task_id), run_id, *number});
    };
    std::error_code none;
    for (fs::directory_iterator run(task_logs_folder(folder_, task_id), none), end; !none && run != end;
         run.increment(none)) {
        add(*run, "");
        std::error_code no_folder;
        for (fs::directory_iterator file(run->path(), no_folder); !no_folder && file != end; file.increment(no_folder))
            add(*file, run->path().filename().string());
    }
    std::ranges::sort(found, std::greater<>(),
                      [](const auto& each) { return std::pair(each.first, each.second.number); });
    std::vector<AttemptLogKey> keys;
    for (auto& [written, key] : found) keys.push_back(std::move(key));
    return keys;
}

std::optional<LogView> AttemptLogStore::read(const AttemptLogKey& key, std::optional<std::uint64_t> position,
                                             std::size_t max_size) const {
    const std::lock_guard lock(mutex_of(key));
    const auto log = AttemptLog::open_read_only(file_of(key));
    if (!log) return std::nullopt;
    return LogView{.key = key,
                   .piece = log->read(position ? *position : log->tail(max_size), max_size),
                   .end = log->end(),
                   .cut_begin = log->cut_begin(),
                   .left_out = log->left_out()};
}

}  // namespace freshet::store
