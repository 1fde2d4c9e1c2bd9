// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freshet::target {

/// Finds and removes what dead attempts left behind. Folders may hold very many outputs, so a folder is listed again
/// only after a second, or fifty times as long as the listing took. Safe to use from many threads.
class TemporarySweeper {
public:
    explicit TemporarySweeper(const Clock& clock) : clock_(clock) {}

    /// Removes temporary files and staged receipts of `target` by other attempts than `token`, and its receipt if the
    /// target itself does not exist. For whoever holds the lease of the task that makes it: nobody else is entitled.
    void collect(const std::filesystem::path& target, std::string_view token);

private:
    struct Folder {
        std::chrono::steady_clock::time_point valid_until{};
        std::unordered_multimap<std::string, std::string> temporaries;  ///< by the name of what they were to become
    };

    std::vector<std::filesystem::path> take_temporaries(const std::filesystem::path& target);

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Folder> folders_;
};

/// Removes what the attempt `token` left of `target`; for a killed attempt, which could not do so itself.
void remove_temporaries(const std::filesystem::path& target, std::string_view token);

}  // namespace freshet::target
