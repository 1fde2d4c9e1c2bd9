// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/published_target.hpp"
#include "target/receipt.hpp"
#include "target/stale_temporaries.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace freshet::target {

/// Creates a file or folder at the given path.
using Write = std::function<void(const std::filesystem::path&)>;

/// Lets `write` create `temporary` in the folder of `target`, applies the umask and syncs. Removes `temporary` on
/// failure.
void write_temporary(const std::filesystem::path& target, const std::filesystem::path& temporary, const Write& write);

/// The staging area of one attempt. The destructor discards outputs that were not released.
class Staging {
public:
    /// `token` is unique to the attempt. `if_exists`: replace, if declared outputs that are there are stale.
    Staging(std::string token, TemporarySweeper& sweeper, IfExists if_exists = IfExists::keep)
        : token_(std::move(token)), sweeper_(sweeper), if_exists_(if_exists) {}
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// Prepares a declared output before run(): moves aside what a lost attempt left there in place, and opens the
    /// receipt if the target is absent. Returns the path of what was moved aside.
    std::optional<std::filesystem::path> declare(const std::filesystem::path& target);
    /// Removes stale temporaries of `target`; only the first call for a target does.
    void prepare(const std::filesystem::path& target);
    /// Stages the output of `write`, replacing one staged earlier for the same target.
    void stage(const std::filesystem::path& target, const Write& write);
    /// The output staged for `target`, or nullptr.
    const StagedOutput* find(const std::filesystem::path& target) const;
    const std::vector<StagedOutput>& outputs() const { return outputs_; }
    /// The path at which an external program creates the output that `path` names or lies in; nullopt when that is no
    /// output of this attempt, or there already. The file name is the target's: programs go by the extension.
    std::optional<std::filesystem::path> redirect(const std::filesystem::path& path);
    /// Stages what programs created at redirected paths.
    void collect();
    /// Removes what they created there. Returns true when the disk was full.
    bool withdraw() noexcept;
    /// Adds the declared outputs that were absent and that run() created in place.
    void adopt();
    /// True when `target` is a declared output, which exists for its own attempt as soon as it is there.
    bool is_declared(const std::filesystem::path& target) const { return declared_.contains(target); }
    /// True while a declared output is there which is to be replaced: it does not exist for its attempt.
    bool is_stale(const std::filesystem::path& target) const;
    /// The scratch folder, which the first call makes and the destructor removes: beside the first declared output, or
    /// beside `fallback()` if none is declared.
    const std::filesystem::path& scratch(const std::function<std::filesystem::path()>& fallback);
    /// True for paths in the scratch folder, which are not staged.
    bool is_scratch(const std::filesystem::path& path) const;
    /// Hands the outputs over to the caller, which publishes or discards them.
    std::vector<StagedOutput> release() { return std::exchange(outputs_, {}); }

    /// The staging area of the attempt running on this thread, or nullptr. Thread-local because `run() const` has no
    /// context argument.
    static Staging* current();

private:
    StagedOutput staged_output(const std::filesystem::path& target, std::filesystem::path temporary) const;

    std::string token_;
    TemporarySweeper& sweeper_;
    IfExists if_exists_;
    std::filesystem::path first_declared_;  ///< empty: none
    std::filesystem::path scratch_;         ///< empty: not made
    std::set<std::filesystem::path> prepared_;
    std::map<std::filesystem::path, bool> declared_;              ///< true: its receipt is open
    std::map<std::filesystem::path, std::optional<Time>> stale_;  ///< to be replaced; with the time of modification
    std::set<std::filesystem::path> redirected_;
    std::vector<StagedOutput> outputs_;
};

/// Makes `staging` the current one of this thread during its lifetime, and `attempt` TargetAttempt::current().
class StagingScope {
public:
    explicit StagingScope(Staging& staging, TargetAttempt* attempt = nullptr);
    ~StagingScope();
    StagingScope(const StagingScope&) = delete;
    StagingScope& operator=(const StagingScope&) = delete;

private:
    Staging* outer_;
    TargetAttempt* outer_attempt_;
};

/// Removes the folder in which a program created the output.
void remove_redirect_folder(const StagedOutput& output) noexcept;

/// Removes staged outputs and receipts, but not outputs in place; the next sweep retries what cannot be removed.
void discard(const std::vector<StagedOutput>& outputs) noexcept;

}  // namespace freshet::target
