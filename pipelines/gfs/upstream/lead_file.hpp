// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/inventory.hpp"
#include "upstream/source_file.hpp"

#include <string>

namespace gfs {

/// Which file: one lead of a cycle in one product.
struct FileKey {
    Cycle cycle;
    std::string product;
    int lead = 0;
};

/// A lead's GRIB file as it was at one mirror, and what it holds. Mirror, info and inventory belong together.
struct LeadFile : SourceFile {
    Inventory inventory;
};

/// What decides whether a file is finished.
struct ReadinessRules {
    freshet::Time now;
    std::chrono::seconds settle_time{0};        ///< a younger file may still be written
    std::chrono::seconds inventory_grace{0};    ///< how long after its file an inventory may come; then it is made here
    std::uint64_t index_request_size = 16'000;  ///< bytes of a request while an inventory is made from the file itself
};

/// Finds out whether a file is finished and what it holds. An inventory that is missing, older than its file or wrong
/// about it is made anew from the file. Throws TransientError when the file is not ready, broken, or of another lead.
LeadFile inspect(Source& source, const SourceFile& found, const FileKey& key, const ReadinessRules& rules);

}  // namespace gfs
