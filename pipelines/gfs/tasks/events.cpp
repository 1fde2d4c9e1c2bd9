// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/events.hpp"

#include "inventory/product_layout.hpp"
#include "tasks/dataset_status.hpp"
#include "tasks/provenance.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gfs {

namespace {

using freshet::Json;

/// Published in the manual: event ids are UUIDs of version 5 in this namespace over
/// "dataset|cycle|revision|SHA-256 of the manifest", followed by "|kind" except for "completed".
constexpr std::string_view event_namespace = "5d0c7f0e-6b0a-5f5e-9d35-3c1b0a6f9e21";

/// The origin of the files of a manifest.
struct SourceSummary {
    Json::Array mirrors;                         ///< those that were read, without duplicates
    std::optional<freshet::Time> last_modified;  ///< time of the youngest file at upstream
};

SourceSummary summarize_sources(const CyclePaths& paths, const Json::Array& files) {
    SourceSummary summary;
    for (const Json& file : files) {
        for (const SourceFile& source : sources_of(paths, static_cast<int>(file.at("lead").as_integer()))) {
            const Json mirror(source.mirror);
            if (std::ranges::find(summary.mirrors, mirror) == summary.mirrors.end()) summary.mirrors.push_back(mirror);
            summary.last_modified = std::max(summary.last_modified, source.info.last_modified);
        }
    }
    return summary;
}

Json seconds_between(freshet::Time from, freshet::Time to) {
    return std::chrono::floor<std::chrono::seconds>(to - from).count();
}

/// Returns the durations from the analysis time to upstream's last file and to now.
Json timings(const CyclePaths& paths, const SourceSummary& sources, freshet::Time now) {
    Json times = Json::object();
    times["seconds_since_analysis"] = seconds_between(paths.cycle(), now);
    if (!sources.last_modified) return times;
    times["upstream_seconds_since_analysis"] = seconds_between(paths.cycle(), *sources.last_modified);
    times["seconds_since_upstream"] = seconds_between(*sources.last_modified, now);
    return times;
}

/// Returns the number of passed data checks in all files of the manifest and the findings of the others.
Json summarize_checks(const Json::Array& files) {
    std::int64_t passed = 0;
    Json::Array warned;
    for (const Json& file : files) {
        const auto* checks = file.find("checks");
        if (checks == nullptr) continue;
        passed += checks->at("passed").as_integer();
        for (const Json& finding : checks->at("warned").as_array()) {
            Json warning = Json::Object{{"lead", file.at("lead")}};
            for (const auto& [name, value] : finding.as_object()) warning[name] = value;
            warned.push_back(std::move(warning));
        }
    }
    return Json::Object{{"passed", passed}, {"warned", std::move(warned)}};
}

/// Returns the patterns that matched no message of a lead, one member for each lead that has such.
Json::Array summarize_unmatched(const Json::Array& files) {
    Json::Array all;
    for (const Json& file : files)
        if (const auto* patterns = file.find("unmatched"))
            all.push_back(Json::Object{{"lead", file.at("lead")}, {"patterns", *patterns}});
    return all;
}

std::int64_t bytes_of_files(const Json::Array& files) {
    std::int64_t bytes = 0;
    for (const Json& file : files) bytes += file.at("bytes").as_integer();
    return bytes;
}

/// Returns the address of the manifest below the public address of the store.
std::string manifest_url(const CycleEventDetails& details) {
    const auto& manifest = details.manifest.path();
    if (details.public_url.empty()) return "file://" + std::filesystem::absolute(manifest).string();
    const auto in_store = details.paths.dataset() / details.paths.revision_name() / manifest.filename();
    return details.public_url + (details.public_url.ends_with('/') ? "" : "/") + in_store.string();
}

/// Returns the instant by which upstream usually has the same leads of the next cycle.
freshet::Time next_due(Cycle cycle, const Json& manifest) {
    const std::string& product = manifest.at("product").as_string();
    const auto leads = Leads::parse(manifest.at("leads").as_string()).hours(find_product(product));
    return next_cycle_due({.cycle = cycle, .product = product, .lead = leads.back()});
}

Json event_data(const CycleEventDetails& details, const std::string& manifest, freshet::Context& context) {
    const Json manifest_json = Json::parse(manifest);
    const auto& files = manifest_json.at("files").as_array();
    const SourceSummary sources = summarize_sources(details.paths, files);
    Json data = Json::object();
    data["dataset"] = manifest_json.at("dataset");
    data["cycle"] = manifest_json.at("cycle");
    if (const auto* member = manifest_json.find("member")) data["member"] = *member;
    if (const auto* precision = manifest_json.find("precision")) data["precision"] = *precision;
    data["revision"] = manifest_json.at("revision");
    data["leads"] = manifest_json.at("leads");
    data["status"] = details.kind;
    data["manifest_url"] = manifest_url(details);
    data["manifest_sha256"] = freshet::sha256(manifest);
    data["files"] = files.size();
    data["bytes"] = bytes_of_files(files);
    data["next_due"] = freshet::format_utc(next_due(details.paths.cycle(), manifest_json));
    data["missing"] = Json::Array(details.missing.begin(), details.missing.end());
    data["checks"] = summarize_checks(files);
    if (auto unmatched = summarize_unmatched(files); !unmatched.empty()) data["unmatched"] = std::move(unmatched);
    data["run_id"] = context.run_id();
    data["code_version"] = context.code_version();
    data["source_mirrors"] = sources.mirrors;
    data["timings"] = timings(details.paths, sources, context.clock().now());
    if (details.extra_data.is_object())
        for (const auto& [name, value] : details.extra_data.as_object()) data[name] = value;
    return data;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](const char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

Milestone parse_milestone(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || !is_name(text.substr(0, colon)))
        throw freshet::ParameterError(fmt::format(
            "'{}' is not a part like surface:0-48, with a name of lower-case letters, digits, '_' and '-'", text));
    return {.name = std::string(text.substr(0, colon)), .leads = Leads::parse(text.substr(colon + 1))};
}

}  // namespace

Milestones Milestones::parse(std::string_view text) {
    Milestones parts;
    while (!text.empty()) {
        const auto end = std::min(text.find('/'), text.size());
        Milestone part = parse_milestone(text.substr(0, end));
        if (std::ranges::find(parts.items, part.name, &Milestone::name) != parts.items.end())
            throw freshet::ParameterError(fmt::format("two parts are named '{}'", part.name));
        parts.items.push_back(std::move(part));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string Milestones::text() const {
    std::string text;
    for (const Milestone& part : items)
        text += fmt::format("{}{}:{}", text.empty() ? "" : "/", part.name, part.leads.text());
    return text;
}

freshet::Event cycle_event(const CycleEventDetails& details, freshet::Context& context) {
    const Json data = event_data(details, details.manifest.read(), context);
    const std::string& dataset = details.paths.dataset();
    const std::string cycle = freshet::Codec<Cycle>::write(details.paths.cycle());
    std::string name =
        fmt::format("{}|{}|{}|{}", dataset, cycle, details.paths.revision(), data.at("manifest_sha256").as_string());
    if (details.kind != "completed") name += "|" + details.kind;
    if (const Json* part = data.find("part")) name += "|" + part->as_string();
    return {.id = freshet::uuid5(event_namespace, name),
            .source = details.event_source,
            .type = fmt::format("dev.freshet.dataset.cycle.{}.v1", details.kind),
            .subject = fmt::format("{}/{}Z", dataset, cycle),
            .time = context.clock().now(),
            .key = dataset,
            .data = data};
}

}  // namespace gfs
