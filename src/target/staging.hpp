// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/receipt.hpp"
#include "target/stale_temporaries.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace freshet::target {

/// Creates a file or folder at the given path.
using Write = std::function<void(const std::filesystem::path&)>;

/// Creates the folder of `target`, lets `write` create `temporary` in it, applies the umask and syncs. Removes
/// `temporary` on failure.
void write_temporary(const std::filesystem::path& target, const std::filesystem::path& temporary, const Write& write);

/// The staging area of one attempt. The destructor discards outputs that were not released.
class Staging {
public:
    /// `token` is unique to the attempt.
    Staging(std::string token, TemporarySweeper& sweeper) : token_(std::move(token)), sweeper_(sweeper) {}
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// Removes stale temporaries of `target`; only the first call for a target does.
    void prepare(const std::filesystem::path& target);
    /// Stages the output of `write`, replacing one staged earlier for the same target.
    void stage(const std::filesystem::path& target, const Write& write);
    /// The output staged for `target`, or nullptr.
    const StagedOutput* find(const std::filesystem::path& target) const;
    const std::vector<StagedOutput>& outputs() const { return outputs_; }
    /// Hands the outputs over to the caller, which publishes or discards them.
    std::vector<StagedOutput> release() { return std::exchange(outputs_, {}); }

    /// The staging area of the attempt running on this thread, or nullptr. Thread-local because `run() const` has no
    /// context argument.
    static Staging* current();

private:
    std::string token_;
    TemporarySweeper& sweeper_;
    std::set<std::filesystem::path> prepared_;
    std::vector<StagedOutput> outputs_;
};

/// Makes `staging` the current one of this thread during its lifetime.
class StagingScope {
public:
    explicit StagingScope(Staging& staging);
    ~StagingScope();
    StagingScope(const StagingScope&) = delete;
    StagingScope& operator=(const StagingScope&) = delete;

private:
    Staging* outer_;
};

/// Removes staged outputs and receipts; the next sweep retries what cannot be removed.
void discard(const std::vector<StagedOutput>& outputs) noexcept;

}  // namespace freshet::target
