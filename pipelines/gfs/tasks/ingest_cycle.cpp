// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_tasks.hpp"
#include "tasks/latest.hpp"

#include "freshet/digest.hpp"
#include "freshet/event.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

/// Fixed and published: event ids are UUIDs of version 5 in this namespace, over
/// "dataset|cycle|revision|SHA-256 of the manifest".
constexpr std::string_view event_namespace = "5d0c7f0e-6b0a-5f5e-9d35-3c1b0a6f9e21";

/// How many checks of the data passed in all files of the manifest, and what the others found.
freshet::Json checks_of(const freshet::Json& listed) {
    std::int64_t passed = 0;
    auto warned = freshet::Json::array();
    for (const auto& file : listed.at("files").as_array()) {
        const auto* checks = file.find("checks");
        if (checks == nullptr) continue;
        passed += checks->at("passed").as_integer();
        for (const auto& finding : checks->at("warned").as_array()) {
            auto told = freshet::Json(freshet::Json::Object{{"lead", file.at("lead")}});
            for (const auto& [name, value] : finding.as_object()) told[name] = value;
            warned.push_back(std::move(told));
        }
    }
    return freshet::Json::Object{{"passed", passed}, {"warned", std::move(warned)}};
}

freshet::Json event_data(const IngestCycle& task, const freshet::LocalTarget& manifest, freshet::Context& context) {
    const auto listed = freshet::Json::parse(manifest.read());
    std::int64_t bytes = 0;
    for (const auto& file : listed.at("files").as_array()) bytes += file.at("bytes").as_integer();
    auto data = freshet::Json::object();
    data["dataset"] = listed.at("dataset");
    data["cycle"] = listed.at("cycle");
    data["revision"] = task.revision;
    data["leads"] = listed.at("leads");
    data["status"] = "completed";
    data["manifest_url"] = "file://" + std::filesystem::absolute(manifest.path()).string();
    data["manifest_sha256"] = freshet::sha256(manifest.read());
    data["files"] = listed.at("files").as_array().size();
    data["bytes"] = bytes;
    data["missing"] = freshet::Json::array();
    data["checks"] = checks_of(listed);
    data["run_id"] = context.run_id();
    data["code_version"] = context.code_version();
    data["source_mirrors"] = freshet::Json::Array{task.source};
    const auto age = std::chrono::floor<std::chrono::seconds>(context.clock().now() - task.cycle);
    data["timings"] = freshet::Json::Object{{"seconds_since_analysis", age.count()}};
    return data;
}

freshet::Event completion(const IngestCycle& task, const freshet::LocalTarget& manifest, freshet::Context& context) {
    const std::string dataset = task.store().dataset();
    const std::string cycle = freshet::Codec<Cycle>::write(task.cycle);
    const freshet::Json data = event_data(task, manifest, context);
    const std::string name = fmt::format("{}|{}|{}|{}", dataset, cycle, task.revision, data.at("manifest_sha256").as_string());
    return {.id = freshet::uuid5(event_namespace, name),
            .source = task.event_source,
            .type = "dev.freshet.dataset.cycle.completed.v1",
            .subject = fmt::format("{}/{}Z", dataset, cycle),
            .time = context.clock().now(),
            .key = dataset,
            .data = data};
}

}  // namespace

freshet::LocalTarget IngestCycle::output() const {
    return freshet::LocalTarget(store().event(WriteManifest{*this, leads}.canonical_leads()));
}

void IngestCycle::run(freshet::Context& context) const {
    const auto [manifest, maps] = freshet::inputs(*this);
    const auto rasters = store().revision_name() / maps.path().filename();
    point_latest_at(store().dataset_folder(), store().revision_name(), mapfile(map_head(store(), rasters)));
    const freshet::Event event = completion(*this, manifest, context);
    output().write(freshet::to_json(event).pretty());
    context.announce(event);
    // The pieces have served their purpose once the manifest is there; what is published does not need them.
    if (!keep_grib) std::filesystem::remove_all(store().pieces());
}

}  // namespace gfs
