// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/source.hpp"
#include "tasks/store.hpp"

#include "freshet/json.hpp"

#include <string>
#include <vector>

namespace gfs {

/// A file at upstream that something was made of, as it was then.
struct SourceFile {
    std::string root;  ///< its address
    std::string path;
    FileFacts facts{};

    std::string address() const { return root + (root.ends_with('/') ? "" : "/") + path; }

    friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// Whether a file that was `then` so has been replaced since. Servers behind one name may give one file different ETags,
/// so these count only where a server does not tell when the file was written.
bool is_replaced(const FileFacts& then, const FileFacts& now);

freshet::Json to_json(const SourceFile& file);
/// Throws Error when it is not what to_json() makes.
SourceFile source_file_from_json(const freshet::Json& json);

/// The name under which the receipt of a lead's NetCDF file has them.
inline constexpr std::string_view sources_note = "sources";

/// The name under which that of one which was taken over has the number of the revision it was taken from.
inline constexpr std::string_view taken_over_note = "taken_over_from";

/// What the attempt that made a lead's NetCDF file noted of it; for one that a revision took over from another,
/// what was noted there. An empty object where nobody noted anything.
freshet::Json notes_of(const Store& store, int lead);

/// The files at upstream that the NetCDF file of a lead was made of, as far as they are noted.
std::vector<SourceFile> sources_of(const Store& store, int lead);

}  // namespace gfs
