// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include "freshet/json.hpp"

#include <string>

namespace gfs {

/// A file at one mirror, as it was when it was found there.
struct SourceFile {
    std::string mirror;  ///< its address
    std::string path;
    FileInfo info{};

    std::string address() const { return mirror + (mirror.ends_with('/') ? "" : "/") + path; }

    friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// Whether a file that was `then` so has been replaced since. Servers behind one name may give one file different
/// ETags, so these count only where a server does not tell when the file was written.
bool is_replaced(const FileInfo& then, const FileInfo& now);

freshet::Json to_json(const SourceFile& file);
/// Throws Error when it is not what to_json() makes.
SourceFile source_file_from_json(const freshet::Json& json);

}  // namespace gfs
