// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/provenance.hpp"

#include "freshet/json.hpp"
#include "freshet/target.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

namespace gfs {

SourceRecord SourceRecord::from(const SourceFile& file, const std::vector<Entry>& entries) {
    const auto& written = file.info.last_modified;
    SourceRecord source_record{
        .file = file, .last_modified = written ? freshet::format_utc(*written) : "", .expected = {}};
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
    if (const auto* unmatched = json.find("unmatched"))
        for (const auto& pattern : unmatched->as_array()) source_record.unmatched.push_back(pattern.as_string());
    return source_record;
}

std::string SourceRecord::text() const {
    auto json = freshet::Json::object();
    json["file"] = to_json(file);
    json["last_modified"] = last_modified;
    json["messages"] = freshet::Json::Array(expected.begin(), expected.end());
    if (!unmatched.empty()) json["unmatched"] = freshet::Json::Array(unmatched.begin(), unmatched.end());
    return json.pretty();
}

freshet::Json lead_provenance(const CyclePaths& paths, int lead) {
    auto provenance = freshet::LocalTarget(paths.netcdf(lead)).metadata();
    const auto* const before = provenance.find(taken_over_key);
    return before == nullptr ? provenance
                             : lead_provenance(paths.with_revision(static_cast<int>(before->as_integer())), lead);
}

std::vector<SourceFile> sources_of(const CyclePaths& paths, int lead) {
    std::vector<SourceFile> sources;
    const auto provenance = lead_provenance(paths, lead);
    if (const auto* recorded = provenance.find(sources_key))
        for (const auto& file : recorded->as_array()) sources.push_back(source_file_from_json(file));
    return sources;
}

}  // namespace gfs
