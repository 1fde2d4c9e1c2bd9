// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/origin.hpp"

#include "upstream/words.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>

namespace gfs {

SourceRecord SourceRecord::from(const SourceFile& file, const std::vector<Entry>& entries) {
    const auto& written = file.info.last_modified;
    SourceRecord source_record{.file = file, .last_modified = written ? utc_text(*written) : "", .expected = {}};
    for (const Entry& entry : entries)
        source_record.expected.push_back(fmt::format("{}:{}:{}", entry.name, entry.level, entry.time));
    return source_record;
}

SourceRecord SourceRecord::parse(std::string_view text) {
    const auto json = freshet::Json::parse(text);
    SourceRecord source_record{.file = source_file_from_json(json.at("file")),
                               .last_modified = json.at("last_modified").as_string(),
                               .expected = {}};
    for (const auto& line : json.at("messages").as_array()) source_record.expected.push_back(line.as_string());
    return source_record;
}

std::string SourceRecord::text() const {
    auto json = freshet::Json::object();
    json["file"] = to_json(file);
    json["last_modified"] = last_modified;
    json["messages"] = freshet::Json::Array(expected.begin(), expected.end());
    return json.pretty();
}

}  // namespace gfs
