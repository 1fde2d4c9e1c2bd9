// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Dynamic requirements: the chapters of a book are known only when its table of contents has been read. run() requests
// them with require(). While one of them is incomplete, require() returns false and run() returns Outcome::waiting; it
// is called again, from the beginning, when all are complete. So it must have no effect before require() returns true.
// Requirements that follow from the parameters belong in requirements() instead: the plan shows them before the run.
//
//   dynamic plan Book    # Book and Contents only: no chapter is known yet
//   dynamic run Book     # writes book/contents.txt, book/<title>.txt for each chapter, then book/book.txt
//   dynamic run Book     # finds the book complete and runs nothing
#include "freshet/command_line.hpp"

#include <sstream>

using freshet::LocalTarget;
using freshet::param;

struct Contents {
    LocalTarget output() const { return LocalTarget("book/contents.txt"); }
    void run() const { output().write("Loomings\nThe_Carpet-Bag\nThe_Spouter-Inn\n"); }
};

struct Chapter {
    std::string title;

    static constexpr freshet::Parameter parameters[] = {param<&Chapter::title>("title of the chapter").required()};

    LocalTarget output() const { return LocalTarget("book/" + title + ".txt"); }
    void run() const { output().write("Chapter " + title + "\n"); }
};

struct Book {
    Contents requirements() const { return {}; }
    LocalTarget output() const { return LocalTarget("book/book.txt"); }

    freshet::Outcome run(freshet::Context& context) const {
        std::vector<Chapter> chapters;
        std::istringstream titles(freshet::inputs(*this).read());
        for (std::string title; titles >> title;) chapters.push_back({.title = title});
        if (!context.require(chapters)) return freshet::Outcome::waiting;

        std::string text;
        for (const LocalTarget& chapter : freshet::outputs(chapters)) text += chapter.read();
        output().write(text);
        return freshet::Outcome::done;
    }
};

int main(int argc, char** argv) {
    return freshet::command_line<Book, Chapter, Contents>(
        {.name = "dynamic", .version = "1.0", .summary = "binds a book"}, argc, argv);
}
