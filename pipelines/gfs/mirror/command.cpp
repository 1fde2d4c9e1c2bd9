// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/command.hpp"

#include "mirror/actions.hpp"

#include "freshet/error.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

namespace gfs::mirror {
namespace {

constexpr int usage_error = 64;  // sysexits.h EX_USAGE, as Freshet's other programs

constexpr std::string_view usage =
    "gfs-mirror serve FOLDER [--port N] [--address A] [--port-file F] [--count-file F] [--faults F] [--appear 3:20,4:25]\n"
    "    serves a folder in the layout of the public GFS roots until it is told to stop; with the faults that a file\n"
    "    of JSON describes; leads appear so many seconds after the start\n"
    "gfs-mirror add FOLDER FILE --cycle 2022-03-15T18 --lead 6 --product pgrb2.1p00\n"
    "    puts a GRIB2 file and its inventory into such a folder\n"
    "gfs-mirror make FOLDER --cycle 2026-11-21T00 --leads 0-6 [--product pgrb2.0p25] [--grid 0p25|0p50|1p00|small]\n"
    "        [--variables portal|odd|all] [--revision 1]\n"
    "    makes up the files of a cycle, with the fields that weather portals show, also some odd ones, or all fields of\n"
    "    a whole file; a later revision has other values\n"
    "gfs-mirror clone MESSAGES FOLDER --cycle 2026-11-21T00 --leads 7 [--product pgrb2.0p25] [--grid 0p25] [--like IDX]\n"
    "    makes whole files of the GRIB2 messages in a folder, packed as they are: one for each line of an inventory\n";

struct Command {
    std::string_view name;
    void (*run)(const Words& words, std::ostream& out);
};

constexpr Command commands[] = {{"serve", run_serve}, {"add", run_add}, {"make", run_make}, {"clone", run_clone}};

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
    if (std::ranges::any_of(words, [](const auto& word) { return word == "--help" || word == "-h"; })) {
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
