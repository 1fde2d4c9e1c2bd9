// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// random FIRST COUNT: runs the target on inputs that are made from its seeds by chance; each has a number, by which it
// is made again. random --show NUMBER: writes that input. random --seeds FOLDER: writes the seeds as files, and the
// words as a dictionary, for libFuzzer.
#include "fuzz/target.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <span>

namespace freshet::fuzz {

namespace {

/// Changes an input a little, as its number says.
class Mutation {
public:
    explicit Mutation(std::uint64_t number) : random_(number) {}

    std::string make(const std::vector<std::string>& seeds, const std::vector<std::string_view>& dictionary) {
        std::string input = seeds[below(seeds.size())];
        for (auto changes = below(8); changes > 0; --changes) change(input, seeds, dictionary);
        return input;
    }

private:
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

    void change(std::string& input, const std::vector<std::string>& seeds,
                const std::vector<std::string_view>& dictionary) {
        const auto at = below(input.size() + 1);
        const auto end = at + below(input.size() - at + 1);
        switch (below(6)) {
            case 0:
                input.insert(at, 1, static_cast<char>(below(256)));
                break;
            case 1:
                input.insert(at, dictionary[below(dictionary.size())]);
                break;
            case 2:
                input.erase(at, std::min<std::size_t>(end - at, 1 + below(16)));
                break;
            case 3:
                input.insert(at, input.substr(at, end - at));
                break;
            case 4:
                input.resize(at);
                break;
            default:
                input.insert(at, seeds[below(seeds.size())]);
        }
    }

    std::mt19937_64 random_;
};

std::uint64_t current = 0;  // for whoever reads how the program ended

/// An assertion or a crash ends the program; the number of the input is all that can still be said.
extern "C" void tell_current(int signal) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "input %llu ends the program\n", 0ULL + current);
    if (::write(2, text.data(), static_cast<std::size_t>(size)) < 0) std::_Exit(1);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

int run_many(std::uint64_t first, std::uint64_t count) {
    const auto seeds = target.seeds();
    const auto dictionary = target.dictionary();
    std::signal(SIGABRT, tell_current);
    std::signal(SIGSEGV, tell_current);
    for (const auto& seed : seeds) target.run(seed);
    for (auto number = first; number < first + count; ++number) {
        current = number;
        const auto input = Mutation{number}.make(seeds, dictionary);
        try {
            target.run(input);
        } catch (const std::exception& error) {
            std::cerr << "input " << number << " breaks this: " << error.what() << "\n";
            return 1;
        }
    }
    std::cout << count << " inputs held every promise\n";
    return 0;
}

int show(std::uint64_t number) {
    std::cout << Mutation{number}.make(target.seeds(), target.dictionary());
    return 0;
}

int write_seeds(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const auto& seed : target.seeds()) {
        std::ofstream(folder / ("seed_" + std::to_string(number++)), std::ios::binary) << seed;
    }
    return 0;
}

}  // namespace

}  // namespace freshet::fuzz

int main(int argc, char** argv) {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    if (argc == 3 && std::string_view{arguments[1]} == "--seeds") return freshet::fuzz::write_seeds(arguments[2]);
    if (argc == 3 && std::string_view{arguments[1]} == "--show") return freshet::fuzz::show(std::stoull(arguments[2]));
    if (argc == 3) return freshet::fuzz::run_many(std::stoull(arguments[1]), std::stoull(arguments[2]));
    std::cerr << "usage: " << arguments[0] << " FIRST COUNT | --show NUMBER | --seeds FOLDER\n";
    return 64;
}
