// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freshet::target {

/// Finds and removes the temporaries of dead attempts, and invalidated outputs beside them whose retention has ended.
/// Folders may hold very many outputs, so a folder is listed again only after a second, or fifty times as long as the
/// listing took. A temporary that appears meanwhile is left to a later call. Keeps the temporaries of the last listing
/// of every folder. Thread-safe; a listing blocks other calls.
class TemporarySweeper {
public:
    explicit TemporarySweeper(const Clock& clock) : clock_(clock) {}

    /// Removes temporaries, staged receipts and scratch folders of `target` of other attempts than `token`, and its
    /// receipt if the target does not exist. Only for the holder of the task's lease: any other would remove those of a
    /// live attempt. A missing folder is no error. Throws Error when something cannot be removed.
    void collect(const std::filesystem::path& target, std::string_view token);

private:
    struct Folder {
        std::chrono::steady_clock::time_point valid_until{};
        std::unordered_multimap<std::string, std::string> temporaries;  ///< keyed by the target's name
    };

    /// The names of those of the outputs with these stems.
    std::vector<std::string> take_temporaries(const std::filesystem::path& folder,
                                              std::initializer_list<std::string> stems);

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Folder> folders_;
};

/// Removes the temporaries of `target` of the attempt `token`, for a killed attempt. They need not exist. Throws Error
/// when one cannot be removed.
void remove_temporaries(const std::filesystem::path& target, std::string_view token);

}  // namespace freshet::target
