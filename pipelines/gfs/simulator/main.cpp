// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"
#include "simulator/clone.hpp"
#include "simulator/generate.hpp"
#include "simulator/inventory_fields.hpp"
#include "simulator/publish.hpp"
#include "simulator/server.hpp"

#include "freshet/command_line.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace gfs::simulator {
namespace {

using freshet::CommandCall;
using freshet::CommandOption;
using freshet::ProgramCommand;

CommandOption cycle_option() {
    return {.name = "cycle", .placeholder = "CYCLE", .help = "analysis time: 2026-11-21T00", .is_required = true};
}

CommandOption leads_option() {
    return {.name = "leads", .placeholder = "LEADS", .help = "forecast hours: 0-6,9", .is_required = true};
}

CommandOption product_option() {
    return {"product", "NAME", "family of files, one of those of gfs run (default: pgrb2.0p25)"};
}

CommandOption member_option() { return {"member", "NAME", "member of an ensemble: c00, p01 to p30, avg or spr"}; }

CommandOption grid_option() { return {"grid", "0p25|0p50|1p00|t1534|small", "grid (default: that of the product)"}; }

Cycle cycle_of(const CommandCall& call) { return call.option<Cycle>("cycle").value(); }

std::string product_of(const CommandCall& call) { return call.option("product").value_or("pgrb2.0p25"); }

std::vector<int> leads_of(const CommandCall& call) {
    return call.option<Leads>("leads").value().hours(find_product(product_of(call)));
}

Grid grid_of(const CommandCall& call) {
    const auto product = product_of(call);
    return parse_grid(call.option("grid").value_or(std::string(default_grid(product))), product);
}

std::optional<EnsembleMember> member_of(const CommandCall& call) {
    const auto member = call.option<EnsembleMember>("member");
    if (const auto problem = find_product(product_of(call)).member_problem(member); !problem.empty())
        throw freshet::ParameterError(fmt::format("--member: {}", problem));
    return member;
}

/// The faults of --appear, then those of --faults.
std::vector<Fault> faults_of(const CommandCall& call) {
    std::vector<Fault> faults;
    if (const auto schedule = call.option("appear")) {
        try {
            faults = parse_release_schedule(*schedule);
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("--appear: {}", error.what()));
        }
    }
    if (const auto file = call.option("faults")) {
        try {
            std::ranges::move(parse_faults(freshet::Json::parse(freshet::read_file(*file))),
                              std::back_inserter(faults));
        } catch (const freshet::Error& error) {
            throw freshet::ParameterError(fmt::format("--faults '{}': {}", *file, error.what()));
        }
    }
    return faults;
}

int run_serve(const CommandCall& call) {
    ServeOptions options{.folder = call.operands[0]};
    options.port = call.option<std::uint16_t>("port").value_or(options.port);
    options.address = call.option("address").value_or(options.address);
    options.port_file = call.option("port-file");
    options.faults = faults_of(call);
    options.count_file = call.option("count-file");
    serve(options, call.out);
    return 0;
}

ProgramCommand serve_command() {
    return {.name = "serve",
            .operands = "FOLDER",
            .help = "serve a folder in the layout of the public GFS mirrors until stopped",
            .options = {{"port", "N", "port (default: any free one)"},
                        {"address", "A", "address to listen on (default: 127.0.0.1)"},
                        {"port-file", "FILE", "write the port to this file once the server is ready"},
                        {"count-file", "FILE", "write the counts of requests and bytes to this file at the end"},
                        {"faults", "FILE", "inject the faults of a JSON file"},
                        {"appear", "LEAD:SECONDS,...", "release leads so many seconds after the start: 3:20,4:25"}},
            .run = run_serve};
}

int run_add(const CommandCall& call) {
    const FileKey key{.cycle = cycle_of(call),
                      .product = product_of(call),
                      .lead = call.option<int>("lead").value(),
                      .member = member_of(call)};
    if (!find_product(key.product).has_lead(key.lead)) {
        throw freshet::ParameterError(fmt::format("--lead: '{}' has no lead {}", key.product, key.lead));
    }
    add_file(call.operands[0], key, call.operands[1]);
    call.out << "added " << grib_path(key) << '\n';
    return 0;
}

ProgramCommand add_command() {
    return {
        .name = "add",
        .operands = "FOLDER FILE",
        .help = "publish a GRIB2 file and its inventory in such a folder",
        .options = {cycle_option(),
                    {.name = "lead", .placeholder = "HOUR", .help = "forecast hour of the file", .is_required = true},
                    product_option(),
                    member_option()},
        .run = run_add};
}

int run_make(const CommandCall& call) {
    const auto leads = leads_of(call);
    const auto product = product_of(call);
    generate({.folder = call.operands[0],
              .cycle = cycle_of(call),
              .leads = leads,
              .product = product,
              .grid = grid_of(call),
              .fields = parse_field_set(call.option("variables").value_or("portal")),
              .revision = call.option<int>("revision").value_or(1),
              .member = member_of(call)});
    call.out << "made " << leads.size() << " leads of '" << product << "'\n";
    return 0;
}

ProgramCommand make_command() {
    return {.name = "make",
            .operands = "FOLDER",
            .help = "generate the files of a cycle; the same options give the same bytes",
            .options = {cycle_option(),
                        leads_option(),
                        product_option(),
                        member_option(),
                        grid_option(),
                        {"variables", "portal|odd|all",
                         "the fields that weather portals show, these and some unusual ones, or all (default: portal)"},
                        {"revision", "N", "another one has slightly other values (default: 1)"}},
            .run = run_make};
}

int run_clone(const CommandCall& call) {
    const auto cycle = cycle_of(call);
    const auto leads = leads_of(call);
    const auto like = call.option("like");
    MessagePool pool(grid_of(call));
    pool.add_folder(call.operands[0]);
    for (const int lead : leads) {
        const FileKey key{.cycle = cycle, .product = product_of(call), .lead = lead};
        const auto inventory = like ? Inventory::parse(freshet::read_file(*like), *like) : full_inventory(lead);
        const auto size = publish_clone(call.operands[1], key, inventory, pool);
        call.out << fmt::format("cloned {} from a pool of {} messages: {} bytes\n", grib_path(key), pool.size(), size);
    }
    return 0;
}

ProgramCommand clone_command() {
    return {.name = "clone",
            .operands = "MESSAGES FOLDER",
            .help = "assemble whole files from the GRIB2 messages in a folder, with their packed values",
            .options = {cycle_option(),
                        leads_option(),
                        product_option(),
                        grid_option(),
                        {"like", "IDX", "a message for each line of this inventory (default: of a whole file)"}},
            .run = run_clone};
}

}  // namespace
}  // namespace gfs::simulator

int main(int argc, char** argv) {
    using namespace gfs::simulator;
    const freshet::Program program{.name = "gfs-simulator",
                                   .version = GFS_VERSION,
                                   .summary = "a local simulated source of NOAA's GFS forecasts, with faults",
                                   .commands = {serve_command(), add_command(), make_command(), clone_command()}};
    return freshet::command_line(program, freshet::Registry::of<>(), argc, argv, std::cout, std::cerr);
}
