// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

// Where the logs of attempts are (attempt_log.hpp): in a folder beside the state, with a folder for each task.
namespace freshet::store {

/// The folder of the logs of a state's attempts.
std::filesystem::path attempt_logs_folder(const std::filesystem::path& state);

/// The folder of a task's logs, whatever its id is made of.
std::filesystem::path task_logs_folder(const std::filesystem::path& logs, std::string_view task_id);

/// A log of one attempt: NUMBER.log in its folder.
std::filesystem::path attempt_log_path(const std::filesystem::path& folder, int number);

/// The number of "3.log"; nothing for other names.
std::optional<int> attempt_log_number(const std::string& name);

/// The greatest number in a folder; 0 without any.
int last_attempt_log(const std::filesystem::path& folder);

/// Removes the logs of tasks that are older than the retention; once a day, however often it is called.
void remove_old_logs(const std::filesystem::path& logs, std::chrono::days retention);

}  // namespace freshet::store
