// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// The ten most frequent words of many files: one task per file, so that a new file only needs its own count.
//
//   word_count run TopWords --files moby.txt,alice.txt --workers 4
#include "freshet/command_line.hpp"

#include <algorithm>
#include <map>
#include <sstream>

using freshet::LocalTarget;
using freshet::param;
using std::filesystem::path;

using Counts = std::map<std::string, long>;

/// An external text file.
struct Text {
    path file;

    static constexpr auto kind = freshet::TaskKind::external;
    static constexpr freshet::Parameter parameters[] = {param<&Text::file>("text file").required()};

    LocalTarget output() const { return LocalTarget(file); }
};

struct CountWords {
    path file;
    path folder = "counts";

    static constexpr freshet::Parameter parameters[] = {param<&CountWords::file>("text file").required(),
                                                        param<&CountWords::folder>("folder of the counts")};

    Text requirements() const { return {.file = file}; }
    LocalTarget output() const { return LocalTarget(folder / file.filename().concat(".counts")); }

    void run() const {
        Counts counts;
        std::istringstream text(freshet::inputs(*this).read());
        for (std::string word; text >> word;) ++counts[word];
        std::ostringstream lines;
        for (const auto& [word, count] : counts) lines << word << ' ' << count << '\n';
        output().write(lines.str());
    }
};

struct TopWords {
    std::vector<path> files;
    path folder = "counts";

    static constexpr freshet::Parameter parameters[] = {param<&TopWords::files>("text files").required(),
                                                        param<&TopWords::folder>("folder of the counts")};

    std::vector<CountWords> requirements() const {
        std::vector<CountWords> counts;
        for (const path& file : files) counts.push_back({.file = file, .folder = folder});
        return counts;
    }
    LocalTarget output() const { return LocalTarget(folder / "top.txt"); }

    void run() const {
        Counts total;
        for (const LocalTarget& counts : freshet::inputs(*this)) {
            std::istringstream lines(counts.read());
            long count = 0;
            for (std::string word; lines >> word >> count;) total[word] += count;
        }
        std::vector<std::pair<long, std::string>> top;
        for (const auto& [word, count] : total) top.emplace_back(-count, word);
        std::sort(top.begin(), top.end());
        top.resize(std::min<std::size_t>(top.size(), 10));
        std::ostringstream lines;
        for (const auto& [count, word] : top) lines << word << ' ' << -count << '\n';
        output().write(lines.str());
    }
};

int main(int argc, char** argv) {
    return freshet::command_line<TopWords, CountWords, Text>(
        {.name = "word_count", .version = "1.0", .summary = "counts words"}, argc, argv);
}
