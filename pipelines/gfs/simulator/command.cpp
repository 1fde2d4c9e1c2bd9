// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/command.hpp"

#include "simulator/actions.hpp"

#include "freshet/error.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

namespace gfs::simulator {
namespace {

constexpr int usage_error = 64;  // sysexits.h EX_USAGE, as Freshet's other programs

constexpr std::string_view usage =
    "gfs-simulator serve FOLDER [--port N] [--address A] [--port-file F] [--count-file F] [--faults F] [--appear "
    "3:20,4:25]\n"
    "    serves a folder in the layout of the public GFS roots until it is told to stop; with the faults that a file\n"
    "    of JSON describes; leads appear so many seconds after the start\n"
    "gfs-simulator add FOLDER FILE --cycle 2022-03-15T18 --lead 6 --product pgrb2.1p00\n"
    "    puts a GRIB2 file and its inventory into such a folder\n"
    "gfs-simulator make FOLDER --cycle 2026-11-21T00 --leads 0-6 [--product pgrb2.0p25] [--grid 0p25|0p50|1p00|small]\n"
    "        [--variables portal|odd|all] [--revision 1]\n"
    "    makes up the files of a cycle, with the fields that weather portals show, also some odd ones, or all fields "
    "of\n"
    "    a whole file; a later revision has other values\n"
    "gfs-simulator clone MESSAGES FOLDER --cycle 2026-11-21T00 --leads 7 [--product pgrb2.0p25] [--grid 0p25] [--like "
    "IDX]\n"
    "    makes whole files of the GRIB2 messages in a folder, packed as they are: one for each line of an inventory\n";

struct Command {
    std::string_view name;
    void (*run)(const Args& args, std::ostream& out);
};

constexpr Command commands[] = {{"serve", run_serve}, {"add", run_add}, {"make", run_make}, {"clone", run_clone}};

int run(const Command& command, const Args& args, std::ostream& out, std::ostream& err) {
    try {
        command.run(args, out);
        return 0;
    } catch (const freshet::ParameterError& error) {
        err << "gfs-simulator " << command.name << ": " << error.what() << '\n';
        return usage_error;
    } catch (const std::exception& error) {
        err << "gfs-simulator " << command.name << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace

int run_command(const Args& args, std::ostream& out, std::ostream& err) {
    if (std::ranges::any_of(args, [](const auto& arg) { return arg == "--help" || arg == "-h"; })) {
        out << usage;
        return 0;
    }
    const auto* const command =
        args.empty() ? std::end(commands) : std::ranges::find(commands, std::string_view(args[0]), &Command::name);
    if (command == std::end(commands)) {
        err << (args.empty() ? "gfs-simulator: no command was given"
                             : "gfs-simulator: there is no command '" + args[0] + "'")
            << "; these are the commands:\n"
            << usage;
        return usage_error;
    }
    return run(*command, Args(args.begin() + 1, args.end()), out, err);
}

}  // namespace gfs::simulator
