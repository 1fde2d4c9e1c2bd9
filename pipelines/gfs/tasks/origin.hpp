// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "upstream/source_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Where the messages of a lead come from: upstream's file as it was, and what was taken of it.
struct SourceRecord {
    SourceFile file;
    std::string last_modified;          ///< RFC 3339; empty where upstream did not say
    std::vector<std::string> expected;  ///< "TMP:2 m above ground:7 hour fcst", in the file's order

    static SourceRecord from(const SourceFile& file, const std::vector<Entry>& entries);
    /// Throws Error when the text is not what text() makes.
    static SourceRecord parse(std::string_view text);
    std::string text() const;
};

}  // namespace gfs
