// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"
#include "upstream/cache_files.hpp"
#include "upstream/source.hpp"

#include "freshet/json.hpp"

#include <chrono>
#include <string>

namespace gfs {

/// One version of a file at one mirror.
struct SourceFile {
    std::string mirror;  ///< its address
    std::string path;
    FileInfo info{};

    std::string address() const { return mirror + (mirror.ends_with('/') ? "" : "/") + path; }

    friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// Returns true when `now` is not the version of the file that `then` was. Compares ETags only where the server sends
/// no modification time, since servers behind one name may give one file different ETags.
bool is_replaced(const FileInfo& then, const FileInfo& now);

freshet::Json to_json(const SourceFile& file);
/// Throws Error when the JSON is not of the form that to_json() writes.
SourceFile source_file_from_json(const freshet::Json& json);

/// A complete GRIB file at one mirror and the inventory of this version of it.
struct ForecastFile : SourceFile {
    Inventory inventory;
};

/// An inventory that does not belong to its file.
class WrongInventory : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// The rules by which a file counts as complete.
struct ReadinessRules {
    freshet::Time now;
    std::chrono::seconds settle_time{0};        ///< a younger file may still be growing
    std::chrono::seconds inventory_grace{0};    ///< wait for an inventory so long after its file, then index the file
    std::uint64_t index_request_size = 16'000;  ///< bytes a request while the file is indexed
};

/// Checks that a file is complete and reads its inventory. Indexes the file itself when the published inventory is
/// missing, older than the file or wrong. Throws TransientError when the file is not ready, broken or of another lead.
ForecastFile read_forecast_file(Source& source, const SourceFile& found, const FileKey& key,
                                const ReadinessRules& rules);

/// A published inventory and the version of the file that it was read from.
struct FetchedInventory {
    Inventory inventory;
    FileInfo info;
};

/// Reads a published inventory. Throws WrongInventory when it is damaged or of another cycle.
FetchedInventory fetch_inventory(Source& source, const std::string& path, Cycle cycle);

/// The sizes of earlier cycles' files by product and lead, kept on this machine: a file that was truncated together
/// with its inventory is consistent in itself.
class ExpectedSizes {
public:
    explicit ExpectedSizes(std::filesystem::path file) : file_(std::move(file)) {}

    /// Returns why the file looks truncated compared with the last one, as a clause; empty when it does not, or when
    /// there is none to compare with.
    std::string truncation_reason(const FileKey& key, const ForecastFile& file) const;
    /// Makes this the expected size.
    void record(const FileKey& key, const ForecastFile& file) const;

private:
    LockedFile file_;
};

}  // namespace gfs
