// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_log_folder.hpp"

#include "base/files.hpp"
#include "base/url_encoding.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <algorithm>
#include <charconv>
#include <system_error>

namespace freshet::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 200;

/// The time of the newest entry of a folder, at whatever depth.
fs::file_time_type last_change(const fs::path& folder) {
    std::error_code ignored;
    auto newest = fs::last_write_time(folder, ignored);
    for (fs::recursive_directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
        std::error_code unknown;
        if (at->is_directory(unknown)) newest = std::max(newest, fs::last_write_time(at->path(), unknown));
    }
    return newest;
}

}  // namespace

fs::path attempt_logs_folder(const fs::path& state) { return state.string() + ".logs"; }

fs::path task_logs_folder(const fs::path& logs, std::string_view task_id) {
    const std::string name = fitting_name(percent_encoded(task_id), longest_name);
    return logs / (name.empty() || name.front() == '.' ? "%" + name : name);
}

fs::path attempt_log_path(const fs::path& folder, int number) { return folder / fmt::format("{}.log", number); }

std::optional<int> attempt_log_number(const std::string& name) {
    int number = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || std::string_view(rest) != ".log") return std::nullopt;
    return number;
}

int last_attempt_log(const fs::path& folder) {
    int last = 0;
    std::error_code none;
    for (fs::directory_iterator at(folder, none), end; !none && at != end; at.increment(none))
        last = std::max(last, attempt_log_number(at->path().filename().string()).value_or(0));
    return last;
}

void remove_old_logs(const fs::path& logs, std::chrono::days retention) {
    const auto now = fs::file_time_type::clock::now();
    const fs::path stamp = logs / ".pruned";
    std::error_code ignored;
    if (const auto last = fs::last_write_time(stamp, ignored); !ignored && now - last < std::chrono::days(1)) return;
    open_file(stamp, O_WRONLY | O_CREAT);
    fs::last_write_time(stamp, now, ignored);
    for (fs::directory_iterator at(logs, ignored), end; !ignored && at != end; at.increment(ignored)) {
        std::error_code unknown;
        if (at->is_directory(unknown) && now - last_change(at->path()) > retention) remove_tree(at->path());
    }
}

}  // namespace freshet::store
