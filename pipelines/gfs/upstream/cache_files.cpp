// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/cache_files.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <algorithm>
#include <system_error>

namespace gfs {
namespace {

/// The object in `content`; an empty one for a new file, and for one that is not a JSON object.
freshet::Json object_from(const std::string& content) {
    try {
        auto json = content.empty() ? freshet::Json::object() : freshet::Json::parse(content);
        return json.is_object() ? json : freshet::Json::object();
    } catch (const freshet::Error&) {
        return freshet::Json::object();  // torn by a crash
    }
}

}  // namespace

std::filesystem::path CachePaths::requests(std::string host) const {
    std::ranges::replace(host, ':', '_');
    return folder / ("requests." + host);
}

void LockedFile::update(const std::function<void(std::string&)>& update) const {
    std::error_code ignored;  // acquire() reports a missing folder
    std::filesystem::create_directories(path_.parent_path(), ignored);
    auto file = freshet::FileLock::acquire(path_);
    const auto before = file.read();
    auto content = before;
    update(content);
    if (content != before) file.write(content);
}

void LockedFile::update_json(const std::function<void(freshet::Json&)>& update_object) const {
    update([&update_object](std::string& content) {
        auto object = object_from(content);
        const auto before = object;
        update_object(object);
        if (object != before) content = object.text();
    });
}

}  // namespace gfs
