// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Tasks that write their output themselves, without staging it.
#include "freshet/command_line.hpp"
#include "freshet/process.hpp"

#include <fstream>
#include <iostream>

using namespace freshet;

namespace {

/// Writes half of a file; then, if its folder has the FIFOs "ready" and "gate", says so in one and waits for the other.
struct Scribble {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Scribble::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "text"); }
    void run() const {
        std::ofstream text(output().path());
        text << "half" << std::flush;
        if (std::filesystem::exists(root / "ready")) {
            std::ofstream(root / "ready") << "half\n" << std::flush;
            std::ifstream(root / "gate").get();
        }
        text << " and half";
    }
};

/// The same in a process of its own, by a program.
struct Apart {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Apart::root>("folder").required()};
    static constexpr Isolation isolation = Isolation::process;
    LocalTarget output() const { return LocalTarget(root / "text"); }
    void run(Context& context) const {
        const std::string script =
            "printf half > text; [ ! -e ready ] || { echo > ready; read line < gate; }; printf ' and half' >> text";
        run_subprocess(context, {.arguments = {"sh", "-c", script}, .folder = root});
    }
};

}  // namespace

int main(int argc, char** argv) {
    return command_line({.name = "scribbler", .version = "1"}, Registry::of<Scribble, Apart>(), argc, argv, std::cout,
                        std::cerr);
}
