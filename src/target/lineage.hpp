// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"
#include "target/receipt.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace freshet::target {

/// The last modification of a file, or of anything in a folder, in milliseconds; nullopt when there is nothing.
std::optional<Time> modified_at(const std::filesystem::path& path);

/// Digests of inputs without receipts, computed once for all attempts of a process. Thread-safe.
class DigestCache {
public:
    /// Returns the SHA-256 of the file or folder, which has that size and modification time.
    std::string sha256(const std::filesystem::path& path, std::uintmax_t size, Time modified);

private:
    struct Entry {
        std::uintmax_t size;
        Time modified;
        std::string sha256;
    };
    std::mutex mutex_;
    std::map<std::filesystem::path, Entry> entries_;
};

/// The outputs of `requirements` with the content in their receipts, else with what their servers say; for a wrapper,
/// those of its requirements. Call before they are used. A file without receipt has no digest yet.
std::vector<Input> lineage_of(std::vector<AnyTask> requirements);

/// Adds the digests of files without receipts after their use. Those above 1 GiB get none, and those that have changed
/// meanwhile lose their content.
void add_digests(std::vector<Input>& inputs, DigestCache& digests);

/// The inputs without receipts that are read for a comparison.
enum class Reading { if_modified, always };

/// Finds a target by its address, which a receipt has of an input; nullptr: none is known there. What is no file cannot
/// be asked without.
using FindTarget = std::function<const AnyTarget*(const std::string& address)>;

/// Finds the outputs of `requirements`, for a wrapper those of its requirements. Asks for them at its first use.
FindTarget find_among(std::function<std::vector<AnyTask>()> requirements);

/// Describes each input that is not as it was when the output at the address was made from it. An input that is gone is
/// none: intermediate files may be deleted.
std::vector<std::string> stale_inputs(const std::string& output, const Receipt& receipt, Reading reading,
                                      DigestCache& digests, const FindTarget& find = {});

}  // namespace freshet::target
