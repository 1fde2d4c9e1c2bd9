// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "upstream/cache_files.hpp"
#include "upstream/mirror_health.hpp"
#include "upstream/mirrors.hpp"
#include "upstream/rate_limit.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ostream>

namespace gfs {
namespace {

using std::chrono::seconds;

std::string utc_text(freshet::Time time) { return fmt::format("{:%H:%M:%SZ}", std::chrono::floor<seconds>(time)); }

std::string state_text(const MirrorHealth& health, freshet::Time now) {
    if (health.throttled_until > now)
        return fmt::format("throttled until {}: {}", utc_text(health.throttled_until), health.last_error);
    if (health.backoff_until > now)
        return fmt::format("backing off until {}: {}", utc_text(health.backoff_until), health.last_error);
    if (health.failures > 0) return "due for a retry: " + health.last_error;
    return "healthy";
}

std::string lag_text(const MirrorHealth& health) {
    return health.lag ? fmt::format("{} min", std::chrono::round<std::chrono::minutes>(*health.lag).count()) : "-";
}

std::string requests_text(const Mirror& mirror, const CachePaths& paths, const freshet::Clock& clock) {
    if (mirror.known == nullptr || mirror.known->requests_per_minute == 0) return "-";
    const auto limit = static_cast<std::size_t>(mirror.known->requests_per_minute);
    return fmt::format("{}/{}", RateLimit(paths.requests(mirror.host()), limit, clock).used(), limit);
}

std::string known_mirror_list() {
    std::string names;
    for (const auto& mirror : known_mirrors())
        if (&mirror == find_known_mirror(mirror.name)) names += (names.empty() ? "" : ",") + std::string(mirror.name);
    return names;
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
    auto mirrors = parse_mirrors(call.operands.empty() ? known_mirror_list() : call.operands.front());
    const CachePaths paths{
        call.option("source-memory")
            .value_or((std::filesystem::path(call.option("root").value_or("data")) / ".freshet").string())};
    // The caches would create the folder.
    const bool has_records = std::filesystem::is_directory(paths.folder);
    if (!has_records) call.err << "no records of mirrors in '" << paths.folder.string() << "'\n";
    if (has_records) add_other_models(mirrors, MirrorHealthCache(paths.mirror_health(), call.clock));
    call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", "mirror", "requests", "lag", "state");
    for (const auto& mirror : mirrors) {
        const auto health =
            has_records ? MirrorHealthCache(paths.mirror_health(), call.clock).health(mirror.address) : MirrorHealth{};
        call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", mirror.name,
                                has_records ? requests_text(mirror, paths, call.clock) : "-", lag_text(health),
                                state_text(health, call.clock.now()));
    }
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
                         .is_parameter = true}},
            .run = run};
}

}  // namespace gfs
