// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace gfs {

/// A small file that threads and processes of one machine share. Whoever loses it loses what can be learnt again.
class LockedFile {
public:
    explicit LockedFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// Gives the whole content to `update`, empty when there is none, and keeps what it became; nobody else reads or
    /// writes meanwhile. After a crash in between the content may be torn. Throws Error when it cannot be done.
    void update(const std::function<void(std::string& content)>& update) const;
    /// The same for a JSON object; an empty one in place of a content that is none.
    void update_json(const std::function<void(freshet::Json& object)>& update_object) const;

private:
    std::filesystem::path path_;
};

}  // namespace gfs
