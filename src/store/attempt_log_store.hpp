// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/attempt_log.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::store {

/// An attempt of a run: the attempts of a task are numbered anew once the scheduler has forgotten it.
struct AttemptLogKey {
    std::string task_id;
    std::string run_id;  ///< is_run_id(); empty for those beside the state of a run, whose numbers go on
    int number = 1;

    friend bool operator==(const AttemptLogKey&, const AttemptLogKey&) = default;
};

/// Returns true for letters, digits and hyphens, of which the ids of runs are.
bool is_run_id(std::string_view text);

/// A part of a log.
struct LogView {
    AttemptLogKey key;
    LogPiece piece{};
    std::uint64_t end = 0;        ///< of the log
    std::uint64_t cut_begin = 0;  ///< position of the bytes that are left out in its middle
    std::uint64_t left_out = 0;   ///< their number
};

/// The logs of attempts that workers send to a scheduler: as those beside the state of a run, with a folder more for
/// each run. Thread-safe. Throws as base/files.
class AttemptLogStore {
public:
    /// Makes the folder with the first log.
    AttemptLogStore(std::filesystem::path folder, std::chrono::days retention)
        : folder_(std::move(folder)), retention_(retention) {}

    /// Appends the text that begins at that position and returns the log's end. What is there already is not appended
    /// again, so that a call can be repeated; bytes that are missing before it are left out.
    std::uint64_t append(const AttemptLogKey& key, std::uint64_t position, std::string_view text);

    /// The logs of a task, the newest first.
    std::vector<AttemptLogKey> list(std::string_view task_id) const;

    /// At most so many bytes from that position on; without one, the last. Nothing without such a log.
    std::optional<LogView> read(const AttemptLogKey& key, std::optional<std::uint64_t> position,
                                std::size_t max_size) const;

private:
    std::filesystem::path file_of(const AttemptLogKey& key) const;
    std::mutex& mutex_of(const AttemptLogKey& key) const;

    std::filesystem::path folder_;
    std::chrono::days retention_;
    mutable std::array<std::mutex, 16> mutexes_{};  ///< by task: a log is read and written by one thread at a time
};

}  // namespace freshet::store
