// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::store {

/// The text between two positions of a log.
struct LogPiece {
    std::uint64_t begin = 0;  ///< greater than was asked for where bytes are left out
    std::uint64_t end = 0;
    std::string text{};  ///< whole lines, unless one is longer than the piece
};

/// The log of one attempt: its begin and its end, of at most `longest_part` bytes each. A longer one loses the lines
/// between them. Positions count all bytes that were logged, also those. In files, `FILE` has the end and `FILE.old`
/// the begin; that of a short log is in `FILE` alone. Not thread-safe. Throws as base/files.
class AttemptLog {
public:
    static constexpr std::uint64_t longest_part = 5 << 20;

    /// Continues the log, or makes it in a folder that exists. The file is locked (flock) as long as it is open here.
    static AttemptLog open(const std::filesystem::path& file);
    /// Nothing where there is no log.
    static std::optional<AttemptLog> open_read_only(const std::filesystem::path& file);
    /// One without a name, which ends with the process.
    static AttemptLog make_temporary();

    /// Appends whole lines.
    void append(std::string_view text);
    /// Leaves out the bytes up to that position, if it is beyond the end.
    void skip_to(std::uint64_t position);

    std::uint64_t end() const { return last_begin_ + last_size_; }
    /// The position of the bytes that are left out, and their number.
    std::uint64_t cut_begin() const { return first_size_; }
    std::uint64_t left_out() const { return last_begin_ - first_size_; }
    /// Reads at most so many bytes that were logged at that position or later.
    LogPiece read(std::uint64_t position, std::size_t max_size) const;
    /// The position of the first line that begins within the last bytes.
    std::uint64_t tail(std::size_t size) const;

private:
    AttemptLog() = default;
    void measure();
    void begin_part(std::uint64_t position);

    std::filesystem::path path_{};  ///< empty for a temporary one
    FileDescriptor first_{};        ///< the begin of a long log
    FileDescriptor last_{};         ///< the rest, or all
    std::uint64_t first_size_ = 0;
    std::uint64_t last_begin_ = 0;  ///< position of its first byte after the head
    std::uint64_t head_size_ = 0;   ///< the line that says how much is left out
    std::uint64_t last_size_ = 0;   ///< without the head
};

/// The file that has the begin of a long log.
std::filesystem::path older_part(const std::filesystem::path& log);

}  // namespace freshet::store
