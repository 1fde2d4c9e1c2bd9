// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/command.hpp"

#include "mirror/add.hpp"
#include "mirror/appear.hpp"
#include "mirror/arguments.hpp"
#include "mirror/files.hpp"
#include "mirror/make.hpp"
#include "mirror/serve.hpp"
#include "source/layout.hpp"
#include "source/leads.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>

namespace gfs::mirror {
namespace {

using Words = std::vector<std::string>;

constexpr int usage_error = 64;  // sysexits.h EX_USAGE, as Freshet's other programs

constexpr std::string_view usage =
    "gfs-mirror serve FOLDER [--port N] [--address A] [--port-file F] [--count-file F] [--faults F] [--appear 3:20,4:25]\n"
    "    serves a folder in the layout of the public GFS roots until it is told to stop; with the faults that a file\n"
    "    of JSON describes; leads appear so many seconds after the start\n"
    "gfs-mirror add FOLDER FILE --cycle 2022-03-15T18 --lead 6 --product pgrb2.1p00\n"
    "    puts a GRIB2 file and its inventory into such a folder\n"
    "gfs-mirror make FOLDER --cycle 2026-11-21T00 --leads 0-6 [--product pgrb2.0p25] [--grid 0p25|0p50|1p00|small]\n"
    "        [--revision 1]\n"
    "    makes up the files of a cycle, with the fields that weather portals show; a later revision has other values\n";

/// The value of an option; a bad one is told with the option's name.
template <typename T>
T value_of(std::string_view name, const std::string& text) {
    try {
        return freshet::Codec<T>::read(text);
    } catch (const freshet::ParameterError& error) {
        throw freshet::ParameterError(fmt::format("{}: {}", name, error.what()));
    }
}

Slot slot_from(const Arguments& arguments) {
    Slot slot{.cycle = value_of<Cycle>("--cycle", arguments.required("--cycle")),
              .product = arguments.option("--product").value_or("pgrb2.0p25"),
              .lead = value_of<int>("--lead", arguments.required("--lead"))};
    if (!find_product(slot.product).has_lead(slot.lead)) {
        throw freshet::ParameterError(fmt::format("--lead: '{}' has no lead {}", slot.product, slot.lead));
    }
    return slot;
}

void run_add(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER", "FILE"}, {"--cycle", "--lead", "--product"});
    const auto slot = slot_from(arguments);
    add(arguments.operand(0), slot, arguments.operand(1));
    out << "added " << grib_path(slot.cycle, slot.product, slot.lead) << '\n';
}

/// The faults of a file, after those leads that appear later.
std::vector<Fault> faults_of(const Arguments& arguments) {
    std::vector<Fault> faults;
    if (const auto schedule = arguments.option("--appear")) {
        try {
            faults = appearing(*schedule);
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("--appear: {}", error.what()));
        }
    }
    if (const auto file = arguments.option("--faults")) {
        try {
            std::ranges::move(faults_from(freshet::Json::parse(read_file(*file))), std::back_inserter(faults));
        } catch (const freshet::Error& error) {
            throw freshet::ParameterError(fmt::format("--faults '{}': {}", *file, error.what()));
        }
    }
    return faults;
}

void run_serve(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER"}, {"--port", "--address", "--port-file", "--count-file", "--faults", "--appear"});
    ServeOptions options{.folder = arguments.operand(0)};
    if (const auto port = arguments.option("--port")) options.port = value_of<std::uint16_t>("--port", *port);
    if (const auto address = arguments.option("--address")) options.address = *address;
    options.port_file = arguments.option("--port-file");
    options.faults = faults_of(arguments);
    options.count_file = arguments.option("--count-file");
    serve(options, out);
}

void run_make(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER"}, {"--cycle", "--leads", "--product", "--grid", "--revision"});
    const auto product = arguments.option("--product").value_or("pgrb2.0p25");
    const auto leads = value_of<Leads>("--leads", arguments.required("--leads")).of(find_product(product));
    // Unless told otherwise on the grid that the product is named after.
    const auto grid = arguments.option("--grid").value_or(product.substr(product.rfind('.') + 1));
    make({.folder = arguments.operand(0),
          .cycle = value_of<Cycle>("--cycle", arguments.required("--cycle")),
          .leads = leads,
          .product = product,
          .grid = grid_named(grid),
          .revision = value_of<int>("--revision", arguments.option("--revision").value_or("1"))});
    out << "made " << leads.size() << " leads of '" << product << "'\n";
}

struct Command {
    std::string_view name;
    void (*run)(const Words& words, std::ostream& out);
};

constexpr Command commands[] = {{"serve", run_serve}, {"add", run_add}, {"make", run_make}};

int run(const Command& command, const Words& words, std::ostream& out, std::ostream& err) {
    try {
        command.run(words, out);
        return 0;
    } catch (const freshet::ParameterError& error) {
        err << "gfs-mirror " << command.name << ": " << error.what() << '\n';
        return usage_error;
    } catch (const std::exception& error) {
        err << "gfs-mirror " << command.name << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace

int run_command(const Words& words, std::ostream& out, std::ostream& err) {
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
        out << usage;
        return 0;
    }
    const auto* const command =
        words.empty() ? std::end(commands) : std::ranges::find(commands, std::string_view(words[0]), &Command::name);
    if (command == std::end(commands)) {
        err << (words.empty() ? "gfs-mirror: no command was given" : "gfs-mirror: there is no command '" + words[0] + "'")
            << "; these are the commands:\n"
            << usage;
        return usage_error;
    }
    return run(*command, Words(words.begin() + 1, words.end()), out, err);
}

}  // namespace gfs::mirror
