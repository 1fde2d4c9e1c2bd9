// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"
#include "tasks/cycle_paths.hpp"
#include "upstream/forecast_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The origin of a lead's messages: the version of upstream's file and the messages read from it. FetchMessages writes
/// it beside the messages; ConvertLead fails if one of `expected` is not among them.
struct SourceRecord {
    SourceFile file;
    std::string last_modified;                ///< RFC 3339; empty when upstream did not send it
    std::vector<std::string> expected;        ///< "TMP:2 m above ground:7 hour fcst", in the file's order
    std::vector<std::string> unmatched = {};  ///< patterns of the selection that no message of the file matches

    static SourceRecord from(const SourceFile& file, const std::vector<Entry>& entries);
    /// Throws Error when the text is not of the form that text() writes.
    static SourceRecord parse(std::string_view text);
    /// Formats the record as JSON.
    std::string text() const;
};

/// Metadata key in the receipt of a lead's NetCDF file: the files at upstream that it was made of.
inline constexpr std::string_view sources_key = "sources";

/// Metadata key in the receipt of a lead's NetCDF file: the patterns of the selection that matched no message.
inline constexpr std::string_view unmatched_key = "unmatched";

/// Metadata key in the receipt of a lead's NetCDF file: the number of GRIB messages that were selected for it.
inline constexpr std::string_view messages_key = "messages";

/// Metadata key in the receipt of a file that was linked from an earlier revision: the number of that revision.
inline constexpr std::string_view taken_over_key = "taken_over_from";

/// Returns the metadata in the receipt of a lead's NetCDF file, following links to earlier revisions; an empty object
/// when there is none. The earlier revisions must still exist: the receipt of a linked file names nothing but the
/// revision before.
freshet::Json lead_provenance(const CyclePaths& paths, int lead);

/// Returns the files at upstream that the NetCDF file of a lead was made of: its own, then the previous lead's
/// if accumulations were taken from it. None when they are not recorded; throws freshet::Error for a malformed receipt.
std::vector<SourceFile> sources_of(const CyclePaths& paths, int lead);

}  // namespace gfs
