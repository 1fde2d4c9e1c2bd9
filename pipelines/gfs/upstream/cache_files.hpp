// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace gfs {

/// Paths of the files in which the tasks of a machine share what they know of upstream. They may be deleted between
/// runs.
struct CachePaths {
    std::filesystem::path folder;

    std::filesystem::path mirror_health() const { return folder / "roots.json"; }
    std::filesystem::path expected_sizes() const { return folder / "sizes.json"; }
    /// Instants of the requests to a host, for its rate limit. `host` may have a port: host:8080.
    std::filesystem::path requests(std::string host) const;
};

/// A small file that threads and processes of one machine read and write under a lock. Its content is a cache: losing
/// it costs nothing but what can be learnt again. Thread-safe. Each call takes the lock anew, so a call within a
/// callback on the same file never returns.
class LockedFile {
public:
    explicit LockedFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// Passes the whole content to `update`, empty when there is no file, and writes it back if it was changed, with
    /// the lock held throughout: keep the callback short, others wait for it. Creates a missing folder and file. The
    /// content is not synced, and a crash while it is written may leave it torn. Throws Error on failure; an exception
    /// of the callback passes through and leaves the file unchanged.
    void update(const std::function<void(std::string& content)>& update) const;
    /// The same for a JSON object; passes an empty object when the content is damaged, and replaces the content only if
    /// the object was changed.
    void update_json(const std::function<void(freshet::Json& object)>& update_object) const;

private:
    std::filesystem::path path_;
};

}  // namespace gfs
