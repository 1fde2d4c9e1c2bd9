// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/make.hpp"

#include "mirror/add.hpp"
#include "mirror/clone.hpp"
#include "mirror/full_inventory.hpp"
#include "mirror/made_lead.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace gfs::mirror {
namespace {

/// Every field of a whole file, for which those of `file` stand in.
void put_all(const MakeOptions& options, const Slot& slot, std::string_view file) {
    MessagePool pool(options.grid);
    pool.add_file(file);
    put_clone(options.folder, slot, full_inventory(slot.lead), pool);
}

/// Every `processes`-th lead, beginning with number `first`.
void make_share(const MakeOptions& options, const Weather& weather, unsigned first) {
    for (std::size_t i = first; i < options.leads.size(); i += options.processes) {
        const Slot slot{.cycle = options.cycle, .product = options.product, .lead = options.leads[i], .revision = options.revision};
        const auto file = made_file(weather, slot, options.fields);
        if (options.fields == FieldSet::all) put_all(options, slot, file);
        else put(options.folder, slot, file);
    }
}

[[noreturn]] void run_child(const MakeOptions& options, const Weather& weather, unsigned first) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int code = 0;
    try {
        make_share(options, weather, first);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "gfs-mirror make: %s\n", error.what());
        code = 1;
    }
    ::_exit(code);
}

}  // namespace

Grid grid_named(std::string_view name) {
    struct Named {
        std::string_view name;
        Grid grid;
    };
    constexpr Named grids[] = {{"0p25", {1440, 721}}, {"0p50", {720, 361}}, {"1p00", {360, 181}}, {"small", {72, 37}}};
    const auto* const found = std::ranges::find(grids, name, &Named::name);
    if (found != std::end(grids)) return found->grid;
    throw freshet::ParameterError(fmt::format("there is no grid '{}'; there are 0p25, 0p50, 1p00 and small", name));
}

void make(const MakeOptions& options) {
    const Weather weather(options.grid);
    // Processes, not threads: libg2c packs with static variables.
    std::vector<pid_t> children;
    for (unsigned first = 0; first < options.processes; ++first) {
        const auto child = ::fork();
        if (child == 0) run_child(options, weather, first);
        if (child > 0) children.push_back(child);
    }
    bool is_whole = children.size() == options.processes;
    for (const auto child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        is_whole = is_whole && status == 0;
    }
    if (!is_whole) throw freshet::Error(fmt::format("not every lead could be made in '{}'", options.folder.string()));
}

}  // namespace gfs::mirror
