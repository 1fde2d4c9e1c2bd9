// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "upstream/cache_files.hpp"
#include "upstream/mirror_health.hpp"
#include "upstream/mirrors.hpp"
#include "upstream/rate_limit.hpp"

#include "freshet/json.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

namespace gfs {
namespace {

std::string lag_text(const MirrorHealth& health) {
    return health.lag ? fmt::format("{} min", std::chrono::round<std::chrono::minutes>(*health.lag).count()) : "-";
}

/// The requests in the last minute to a mirror with a limit, and the limit.
struct RequestCount {
    std::size_t used = 0, limit = 0;
};

std::optional<RequestCount> count_requests(const Mirror& mirror, const CachePaths& paths, const freshet::Clock& clock) {
    const auto file = paths.requests(mirror.host());
    if (mirror.known == nullptr || mirror.known->requests_per_minute == 0) return std::nullopt;
    const auto limit = static_cast<std::size_t>(mirror.known->requests_per_minute);
    if (!std::filesystem::exists(file)) return RequestCount{0, limit};  // counting would create it
    return RequestCount{RateLimit(file, limit, clock).used(), limit};
}

std::string requests_text(const std::optional<RequestCount>& requests) {
    return requests ? fmt::format("{}/{}", requests->used, requests->limit) : "-";
}

freshet::Json json_of(const Mirror& mirror, const MirrorHealth& health, const std::optional<RequestCount>& requests,
                      freshet::Time now) {
    freshet::Json json = freshet::Json::Object{{"name", mirror.name},
                                               {"address", mirror.address},
                                               {"healthy", health.is_healthy(now)},
                                               {"state", health.state_text(now)},
                                               {"failures", health.failures}};
    json["lag_seconds"] = health.lag ? freshet::Json(health.lag->count()) : freshet::Json();
    json["requests"] = requests ? freshet::Json(requests->used) : freshet::Json();
    json["requests_per_minute"] = requests ? freshet::Json(requests->limit) : freshet::Json();
    return json;
}

/// Adds the public mirrors among these as they are for other models, "aws GEFS", where there are records of them.
void add_other_models(std::vector<Mirror>& mirrors, const MirrorHealthCache& cache) {
    for (std::size_t i = 0, count = mirrors.size(); i < count; ++i) {
        const auto* const known = mirrors[i].known;
        if (known == nullptr) continue;
        for (const auto& row : known_mirrors()) {
            const auto health = cache.health(std::string(row.address));
            const bool has_records = health.lag || !health.last_error.empty();
            if (row.name != known->name || &row == known || !has_records) continue;
            mirrors.push_back({.name = fmt::format("{} {}", row.name, row.model),
                               .address = std::string(row.address),
                               .known = &row});
        }
    }
}

int run(const freshet::CommandCall& call) {
    auto mirrors =
        parse_mirrors(call.operands.empty() ? freshet::joined(known_mirror_names(), ",") : call.operands.front());
    const CachePaths paths{
        call.option("source-memory")
            .value_or((std::filesystem::path(call.option("root").value_or("data")) / ".freshet").string())};
    const bool has_records = std::filesystem::is_directory(paths.folder);
    if (!has_records) call.err << "no records of mirrors in '" << paths.folder.string() << "'\n";
    if (has_records) add_other_models(mirrors, MirrorHealthCache(paths.mirror_health(), call.clock));
    const auto recorded = recorded_mirrors(paths.mirror_health(), call.clock.now());
    freshet::Json::Array rows;
    if (!call.has("json")) call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", "mirror", "requests", "lag", "state");
    for (const auto& mirror : mirrors) {
        const auto found = recorded.find(mirror.address);
        const MirrorHealth health = found == recorded.end() ? MirrorHealth{} : found->second;
        const auto requests = has_records ? count_requests(mirror, paths, call.clock) : std::nullopt;
        rows.push_back(json_of(mirror, health, requests, call.clock.now()));
        if (!call.has("json"))
            call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", mirror.name, requests_text(requests), lag_text(health),
                                    health.state_text(call.clock.now()));
    }
    if (call.has("json")) call.out << freshet::Json(freshet::Json::Object{{"mirrors", rows}}).pretty();
    return 0;
}

}  // namespace

freshet::ProgramCommand mirrors_command() {
    return {.name = "roots",
            .operands = "[SOURCE]",
            .help = "show the health of the mirrors (all, or SOURCE: A,B): requests in the last minute, lag, errors",
            .options = {{.name = "root",
                         .placeholder = "DIR",
                         .help = "folder of the store (default: data)",
                         .is_parameter = true},
                        {.name = "source-memory",
                         .placeholder = "DIR",
                         .help = "folder of the records of mirrors, if not in the store",
                         .is_parameter = true},
                        {.name = "json", .placeholder = "", .help = "write one JSON document"}},
            .run = run};
}

}  // namespace gfs
