// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// A diamond whose right branch fails: the left one is finished all the same, and is not run again once the right one
// has been mended.
//
//   diamond run Roof             exit status 30: the right wall falls over
//   diamond run Roof --mended    runs what is missing: the right wall and the roof
#include "freshet/command_line.hpp"

#include <iostream>

using freshet::LocalTarget;
using freshet::param;

struct Ground {
    LocalTarget output() const { return LocalTarget("house/ground"); }
    void run() const { output().write("level\n"); }
};

struct LeftWall {
    Ground requirements() const { return {}; }
    LocalTarget output() const { return LocalTarget("house/left"); }
    void run() const { output().write("upright\n"); }
};

struct RightWall {
    bool mended = false;

    // Where the mortar comes from does not change what the wall is: not part of the id.
    static constexpr freshet::Parameter parameters[] = {
        param<&RightWall::mended>("with better mortar").insignificant()};

    Ground requirements() const { return {}; }
    LocalTarget output() const { return LocalTarget("house/right"); }
    void run() const {
        if (!mended) throw freshet::Error("build the right wall: the mortar does not hold");
        output().write("upright\n");
    }
};

struct Roof {
    bool mended = false;

    static constexpr freshet::Parameter parameters[] = {
        param<&Roof::mended>("with better mortar in the right wall").insignificant()};

    auto requirements() const { return freshet::all(LeftWall{}, RightWall{.mended = mended}); }
    LocalTarget output() const { return LocalTarget("house/roof"); }
    void run() const { output().write("tight\n"); }
};

int main(int argc, char** argv) {
    return freshet::command_line({.name = "diamond", .version = "1.0", .summary = "builds a house"},
                                 freshet::Registry::of<Roof, LeftWall, RightWall, Ground>(), argc, argv, std::cout,
                                 std::cerr);
}
