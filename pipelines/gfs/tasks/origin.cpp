// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/origin.hpp"

#include "source/words.hpp"

#include "freshet/json.hpp"

#include <fmt/format.h>

namespace gfs {

Origin Origin::of(const SourceFile& file, const std::vector<Entry>& taken) {
    const auto& written = file.facts.last_modified;
    Origin origin{.file = file, .last_modified = written ? utc_text(*written) : "", .expected = {}};
    for (const Entry& entry : taken) origin.expected.push_back(fmt::format("{}:{}:{}", entry.name, entry.level, entry.time));
    return origin;
}

Origin Origin::parse(std::string_view text) {
    const auto json = freshet::Json::parse(text);
    Origin origin{.file = source_file_from_json(json.at("file")), .last_modified = json.at("last_modified").as_string(), .expected = {}};
    for (const auto& line : json.at("messages").as_array()) origin.expected.push_back(line.as_string());
    return origin;
}

std::string Origin::text() const {
    auto json = freshet::Json::object();
    json["file"] = to_json(file);
    json["last_modified"] = last_modified;
    json["messages"] = freshet::Json::Array(expected.begin(), expected.end());
    return json.pretty();
}

}  // namespace gfs
