// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/source_file.hpp"

namespace gfs {

bool is_replaced(const FileInfo& then, const FileInfo& now) {
    if (then.length != now.length) return true;
    if (then.last_modified && now.last_modified) return then.last_modified != now.last_modified;
    return then.etag != now.etag;
}

freshet::Json to_json(const SourceFile& file) {
    auto json = freshet::Json::object();
    json["root"] = file.mirror;
    json["path"] = file.path;
    json["length"] = file.info.length;
    if (file.info.last_modified) json["last_modified"] = file.info.last_modified->time_since_epoch().count();
    json["etag"] = file.info.etag;
    return json;
}

SourceFile source_file_from_json(const freshet::Json& json) {
    SourceFile file{.mirror = json.at("root").as_string(), .path = json.at("path").as_string()};
    file.info.length = static_cast<std::uint64_t>(json.at("length").as_integer());
    file.info.etag = json.at("etag").as_string();
    if (const auto* time = json.find("last_modified"))
        file.info.last_modified = freshet::Time(freshet::Time::duration(time->as_integer()));
    return file;
}

}  // namespace gfs
