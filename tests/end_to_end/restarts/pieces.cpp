// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// pieces: a graph of many small tasks in the folder --root. Each attempt adds a line to the file `diary` there.
#include "freshet/command_line.hpp"
#include "support/diary.hpp"

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

using namespace freshet;
using test::append_to_log;

/// Requires the piece of half its number: a binary tree, in which many are soon ready at once.
struct Piece {
    std::filesystem::path root;
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Piece::root>("folder").required(),
                                               param<&Piece::number>("which").required()};
    std::vector<Piece> requirements() const {
        if (number < 2) return {};
        return {{root, number / 2}};
    }
    LocalTarget output() const { return LocalTarget(root / "out" / std::to_string(number)); }
    void run(Context& context) const {
        const auto now = std::chrono::duration<double>(context.clock().now().time_since_epoch()).count();
        append_to_log(root, std::to_string(number) + " " + std::to_string(now));
        output().write("x\n");
    }
};

/// Pieces 1 to `count`.
struct AllPieces {
    std::filesystem::path root;
    int count = 0;
    static constexpr Parameter parameters[] = {param<&AllPieces::root>("folder").required(),
                                               param<&AllPieces::count>("how many").required()};
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<Piece> requirements() const {
        std::vector<Piece> pieces;
        for (int number = 1; number <= count; ++number) pieces.push_back({root, number});
        return pieces;
    }
};

int main(int argc, char** argv) {
    return command_line({.name = "pieces", .version = "1", .summary = "many small tasks, for tests"},
                        Registry::of<AllPieces, Piece>(), argc, argv, std::cout, std::cerr);
}
