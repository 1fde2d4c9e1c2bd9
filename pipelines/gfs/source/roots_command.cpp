// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/roots_command.hpp"

#include "source/memory_files.hpp"
#include "source/rate_limit.hpp"
#include "source/root_memory.hpp"
#include "source/roots.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ostream>

namespace gfs {
namespace {

using std::chrono::seconds;

std::string utc_text(freshet::Time time) { return fmt::format("{:%H:%M:%SZ}", std::chrono::floor<seconds>(time)); }

std::string state_text(const Health& health, freshet::Time now) {
    if (health.throttled_until > now)
        return fmt::format("throttled until {}: {}", utc_text(health.throttled_until), health.why);
    if (health.rests_until > now) return fmt::format("rests until {}: {}", utc_text(health.rests_until), health.why);
    if (health.failures > 0) return "is tried again next: " + health.why;
    return "no trouble known";
}

std::string lag_text(const Health& health) {
    return health.lag ? fmt::format("{} min", std::chrono::round<std::chrono::minutes>(*health.lag).count()) : "-";
}

std::string requests_text(const Root& root, const MemoryFiles& files, const freshet::Clock& clock) {
    if (root.known == nullptr || root.known->requests_a_minute == 0) return "-";
    const auto limit = static_cast<std::size_t>(root.known->requests_a_minute);
    return fmt::format("{}/{}", RateLimit(files.requests(root.host()), limit, clock).used(), limit);
}

std::string all_known() {
    std::string names;
    for (const auto& root : known_roots()) names += (names.empty() ? "" : ",") + std::string(root.name);
    return names;
}

int run(const freshet::CommandCall& call) {
    if (call.operands.size() > 1)
        throw freshet::ParameterError("roots: more than one SOURCE; put commas between roots");
    const auto roots = parse_roots(call.operands.empty() ? all_known() : call.operands.front());
    const MemoryFiles files{
        call.option("source-memory")
            .value_or((std::filesystem::path(call.option("root").value_or("data")) / ".freshet").string())};
    // Looking makes no folder where there was none.
    if (!std::filesystem::is_directory(files.folder))
        call.err << "nothing is remembered in '" << files.folder.string() << "'\n";
    call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", "root", "requests", "lag", "state");
    for (const auto& root : roots) {
        const bool is_known = std::filesystem::is_directory(files.folder);
        const auto health = is_known ? RootMemory(files.roots(), call.clock).health(root.address) : Health{};
        call.out << fmt::format("{:<12} {:>9} {:>8}  {}\n", root.name,
                                is_known ? requests_text(root, files, call.clock) : "-", lag_text(health),
                                state_text(health, call.clock.now()));
    }
    return 0;
}

}  // namespace

freshet::ProgramCommand roots_command() {
    return {.name = "roots",
            .operands = "[SOURCE]",
            .help = "how the roots of GFS do: requests in the last minute, lag, trouble",
            .options = {{"root", "DIR", "folder of the store whose runs have learnt of them (default: data)"},
                        {"source-memory", "DIR", "where that is kept, if not in the store"}},
            .run = run};
}

}  // namespace gfs
