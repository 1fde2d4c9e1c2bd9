// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// A diamond of requirements whose right branch fails: the left branch is completed nevertheless, and is not run again
// when the right one has been repaired.
//
//   diamond run Roof             exit status 30: the right wall falls over
//   diamond run Roof --mended    runs what is missing: the right wall and the roof
#include "freshet/command_line.hpp"

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

    // Insignificant: the mortar does not change the wall, so it is not part of the task id.
    static constexpr freshet::Parameter parameters[] = {param<&RightWall::mended>("use better mortar").insignificant()};

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
        param<&Roof::mended>("use better mortar in the right wall").insignificant()};

    auto requirements() const { return freshet::all(LeftWall{}, RightWall{.mended = mended}); }
    LocalTarget output() const { return LocalTarget("house/roof"); }
    void run() const { output().write("tight\n"); }
};

int main(int argc, char** argv) {
    return freshet::command_line<Roof, LeftWall, RightWall, Ground>(
        {.name = "diamond", .version = "1.0", .summary = "builds a house"}, argc, argv);
}
