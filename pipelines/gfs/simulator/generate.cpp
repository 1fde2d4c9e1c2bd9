// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/generate.hpp"

#include "simulator/clone.hpp"
#include "simulator/grib_packer.hpp"
#include "simulator/inventory_fields.hpp"
#include "simulator/publish.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace gfs::simulator {
namespace {

constexpr std::string_view gaussian_grid = "t1534";

/// Publishes every field of a whole file, with the messages of `file` as substitutes.
void publish_all_fields(const GenerateOptions& options, const FileKey& key, std::string_view file) {
    MessagePool pool(options.grid);
    pool.add_file(file);
    publish_clone(options.folder, key, full_inventory(key.lead), pool);
}

/// Generates every `processes`-th lead, beginning with number `first`.
void generate_share(const GenerateOptions& options, const Weather& weather, unsigned first) {
    for (std::size_t i = first; i < options.leads.size(); i += options.processes) {
        const FileKey key{.cycle = options.cycle,
                          .product = options.product,
                          .lead = options.leads[i],
                          .revision = options.revision,
                          .member = options.member};
        const auto file = synthetic_file(weather, key, options.fields);
        if (options.fields == FieldSet::all && options.product.starts_with("pgrb2"))
            publish_all_fields(options, key, file);
        else
            publish_file(options.folder, key, file);
    }
}

[[noreturn]] void run_child(const GenerateOptions& options, const Weather& weather, unsigned first) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int code = 0;
    try {
        generate_share(options, weather, first);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gfs-simulator: %s\n", error.what());
        code = 1;
    }
    ::_exit(code);
}

}  // namespace

std::string synthetic_file(const Weather& weather, const FileKey& key, FieldSet set) {
    const auto fields = synthetic_fields(key.lead, set, key.product);
    auto values = synthetic_values(weather, key, set);
    std::string file;
    for (std::size_t i = 0; i < fields.size(); ++i) file += pack_field(fields[i], weather.grid(), key, values[i]);
    return file;
}

Grid parse_grid(std::string_view name, std::string_view product) {
    struct Named {
        std::string_view name;
        Grid grid;
    };
    constexpr Named grids[] = {{"0p25", {1440, 721}},
                               {"0p50", {720, 361}},
                               {"1p00", {360, 181}},
                               {gaussian_grid, {3072, 1536, true}},
                               {"small", {72, 37}}};
    const auto* const found = std::ranges::find(grids, name, &Named::name);
    if (found == std::end(grids))
        throw freshet::ParameterError(
            fmt::format("unknown grid '{}': expected 0p25, 0p50, 1p00, t1534 or small", name));
    if (name == "small" && default_grid(product) == gaussian_grid) return {72, 36, true};
    return found->grid;
}

std::string_view default_grid(std::string_view product) {
    struct Named {
        std::string_view ending;  ///< of a product's name
        std::string_view grid;
    };
    constexpr Named grids[] = {{"sfluxgrb", gaussian_grid}, {"aigfs.pres", "0p25"}, {"aigfs.sfc", "0p25"}};
    const auto* const found =
        std::ranges::find_if(grids, [product](const Named& each) { return product.ends_with(each.ending); });
    return found == std::end(grids) ? product.substr(product.rfind('.') + 1) : found->grid;
}

void generate(const GenerateOptions& options) {
    const Weather weather(options.grid);
    // Processes, not threads: libg2c packs with static variables.
    std::vector<pid_t> children;
    for (unsigned first = 0; first < options.processes; ++first) {
        const auto child = ::fork();
        if (child == 0) run_child(options, weather, first);
        if (child > 0) children.push_back(child);
    }
    bool is_complete = children.size() == options.processes;
    for (const auto child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        is_complete = is_complete && status == 0;
    }
    if (!is_complete) throw freshet::Error(fmt::format("generating leads in '{}' failed", options.folder.string()));
}

}  // namespace gfs::simulator
