// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/staged_output.hpp"
#include "target/stale_temporaries.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace freshet::target {

/// Makes a file or folder at the path that it is given.
using Write = std::function<void(const std::filesystem::path&)>;

/// Makes the folder of `target` if need be, lets `write` make `temporary` in it, gives that the usual permissions and
/// syncs it. If anything fails, `temporary` is removed.
void write_temporary(const std::filesystem::path& target, const std::filesystem::path& temporary, const Write& write);

/// The outputs of one attempt: made whole and kept out of sight. Its end abandons those that were not released.
class Staging {
public:
    /// `token` is different for each attempt anywhere.
    Staging(std::string token, TemporarySweeper& sweeper) : token_(std::move(token)), sweeper_(sweeper) {}
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// Removes what earlier attempts left of `target`, the first time that it is asked.
    void prepare(const std::filesystem::path& target);
    /// Stages what `write` makes, in place of what was staged for the same target before.
    void stage(const std::filesystem::path& target, const Write& write);
    /// What is staged for `target`, or nullptr.
    const StagedOutput* find(const std::filesystem::path& target) const;
    const std::vector<StagedOutput>& outputs() const { return outputs_; }
    /// Whoever calls this publishes or discards them.
    std::vector<StagedOutput> release() { return std::exchange(outputs_, {}); }

    /// That of the attempt which runs in this thread, or nullptr: `void run() const` leaves no other way to reach it.
    static Staging* current();

private:
    std::string token_;
    TemporarySweeper& sweeper_;
    std::set<std::filesystem::path> prepared_;
    std::vector<StagedOutput> outputs_;
};

/// While it lives, `staging` is the current one of this thread.
class StagingScope {
public:
    explicit StagingScope(Staging& staging);
    ~StagingScope();
    StagingScope(const StagingScope&) = delete;
    StagingScope& operator=(const StagingScope&) = delete;

private:
    Staging* outer_;
};

/// Removes what is staged, receipts too; what cannot be removed is left to the next sweep.
void discard(const std::vector<StagedOutput>& outputs) noexcept;

}  // namespace freshet::target
