// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_event.hpp"

#include "tasks/lead_notes.hpp"

#include "freshet/digest.hpp"
#include "freshet/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gfs {

namespace {

using freshet::Json;

/// Fixed and published: event ids are UUIDs of version 5 in this namespace, over
/// "dataset|cycle|revision|SHA-256 of the manifest", and, unless the news is that it is complete, "|kind".
constexpr std::string_view event_namespace = "5d0c7f0e-6b0a-5f5e-9d35-3c1b0a6f9e21";

/// Where the files of a manifest come from.
struct Upstreams {
    Json::Array roots;                     ///< those that were really read, each once
    std::optional<freshet::Time> written;  ///< when upstream wrote the last of its files
};

Upstreams upstreams_of(const Store& store, const Json::Array& files) {
    Upstreams found;
    for (const Json& file : files) {
        for (const SourceFile& source : sources_of(store, static_cast<int>(file.at("lead").as_integer()))) {
            const Json root(source.root);
            if (std::ranges::find(found.roots, root) == found.roots.end()) found.roots.push_back(root);
            found.written = std::max(found.written, source.facts.last_modified);
        }
    }
    return found;
}

Json seconds_between(freshet::Time from, freshet::Time to) {
    return std::chrono::floor<std::chrono::seconds>(to - from).count();
}

/// How long it took, seen from the start of the forecast.
Json timings(const Store& store, const Upstreams& upstreams, freshet::Time now) {
    Json times = Json::object();
    times["seconds_since_analysis"] = seconds_between(store.cycle(), now);
    if (!upstreams.written) return times;
    times["upstream_seconds_since_analysis"] = seconds_between(store.cycle(), *upstreams.written);
    times["seconds_since_upstream"] = seconds_between(*upstreams.written, now);
    return times;
}

/// How many checks of the data passed in all files of the manifest, and what the others found.
Json checks_of(const Json::Array& files) {
    std::int64_t passed = 0;
    Json::Array warned;
    for (const Json& file : files) {
        const auto* checks = file.find("checks");
        if (checks == nullptr) continue;
        passed += checks->at("passed").as_integer();
        for (const Json& finding : checks->at("warned").as_array()) {
            Json told = Json::Object{{"lead", file.at("lead")}};
            for (const auto& [name, value] : finding.as_object()) told[name] = value;
            warned.push_back(std::move(told));
        }
    }
    return Json::Object{{"passed", passed}, {"warned", std::move(warned)}};
}

std::int64_t bytes_of(const Json::Array& files) {
    std::int64_t bytes = 0;
    for (const Json& file : files) bytes += file.at("bytes").as_integer();
    return bytes;
}

Json event_data(const CycleNews& news, const std::string& manifest, freshet::Context& context) {
    const Json listed = Json::parse(manifest);
    const auto& files = listed.at("files").as_array();
    const Upstreams upstreams = upstreams_of(news.store, files);
    Json data = Json::object();
    data["dataset"] = listed.at("dataset");
    data["cycle"] = listed.at("cycle");
    data["revision"] = listed.at("revision");
    data["leads"] = listed.at("leads");
    data["status"] = news.kind;
    data["manifest_url"] = "file://" + std::filesystem::absolute(news.manifest.path()).string();
    data["manifest_sha256"] = freshet::sha256(manifest);
    data["files"] = files.size();
    data["bytes"] = bytes_of(files);
    data["missing"] = Json::Array(news.missing.begin(), news.missing.end());
    data["checks"] = checks_of(files);
    data["run_id"] = context.run_id();
    data["code_version"] = context.code_version();
    data["source_mirrors"] = upstreams.roots;
    data["timings"] = timings(news.store, upstreams, context.clock().now());
    if (news.more.is_object())
        for (const auto& [name, value] : news.more.as_object()) data[name] = value;
    return data;
}

}  // namespace

freshet::Event cycle_event(const CycleNews& news, freshet::Context& context) {
    const Json data = event_data(news, news.manifest.read(), context);
    const std::string& dataset = news.store.dataset();
    const std::string cycle = freshet::Codec<Cycle>::write(news.store.cycle());
    std::string name = fmt::format("{}|{}|{}|{}", dataset, cycle, news.store.revision(), data.at("manifest_sha256").as_string());
    if (news.kind != "completed") name += "|" + news.kind;
    if (const Json* part = data.find("part")) name += "|" + part->as_string();
    return {.id = freshet::uuid5(event_namespace, name),
            .source = news.event_source,
            .type = fmt::format("dev.freshet.dataset.cycle.{}.v1", news.kind),
            .subject = fmt::format("{}/{}Z", dataset, cycle),
            .time = context.clock().now(),
            .key = dataset,
            .data = data};
}

}  // namespace gfs
