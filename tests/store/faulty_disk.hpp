// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freshet::test {

/// Stands between SQLite and the disk from its construction to its destruction: keeps beside each file a copy of what
/// was last synced, and fails writes on demand. One at a time; for connections opened and closed in its life.
class FaultyDisk {
public:
    FaultyDisk();
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;

    /// The write after so many more, and all later ones, find the disk full.
    void fill_up_after(int writes);
    /// Room again.
    void free();
    /// The number of writes.
    int writes() const;
    /// The number of syncs.
    int syncs() const;

    /// Resets the files of the state to their last synced content; removes those never synced. Works after the death of
    /// the writing process.
    static void cut_power(const std::filesystem::path& state);
};

}  // namespace freshet::test
