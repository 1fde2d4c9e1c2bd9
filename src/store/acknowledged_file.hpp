// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/file.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace freshet::store {

/// Numbers of changes to a state.
struct AcknowledgedChanges {
    std::int64_t committed = 0;
    std::int64_t synced = 0;  ///< of these, the ones that survive a power cut

    friend bool operator==(const AcknowledgedChanges&, const AcknowledgedChanges&) = default;
};

/// A file beside a state that says how many of its changes were acknowledged, so that a log that is lost, cut or
/// damaged is missed. It is never synced: after a power cut it may be old, which makes its check weaker, never wrong.
class AcknowledgedFile {
public:
    static std::filesystem::path path_of(const std::filesystem::path& state);
    /// The number of changes that the state must hold; 0 without a readable file. Since a restart of the machine, those
    /// that were synced.
    static std::int64_t required(const std::filesystem::path& state);

    explicit AcknowledgedFile(std::filesystem::path state) : state_(std::move(state)) {}
    /// Removes the file: a state without a log needs none. Leaves it where there is a log, or after keep().
    ~AcknowledgedFile();
    AcknowledgedFile(const AcknowledgedFile&) = delete;
    AcknowledgedFile& operator=(const AcknowledgedFile&) = delete;

    /// Opens the file, making it when missing, so that write() needs no room. Throws Error.
    void create();
    /// Call after create(). Ignores errors: an older number makes the check weaker, never wrong.
    void write(const AcknowledgedChanges& changes) noexcept;
    void keep() { is_kept_ = true; }

private:
    std::filesystem::path state_;
    FileDescriptor file_;
    std::array<char, 40> boot_{};  ///< identifies the run of the machine
    bool is_kept_ = false;
};

}  // namespace freshet::store
