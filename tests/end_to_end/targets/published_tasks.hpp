// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"
#include "freshet/published_target.hpp"
#include "support/diary.hpp"

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

// Tasks that publish to any kind of store, for targets_test.py.
namespace freshet::test {

/// Says in the FIFO `ready` that it is there, if there is that FIFO, and waits for the other one.
inline void hold(const std::filesystem::path& ready, const std::filesystem::path& gate) {
    if (!std::filesystem::exists(ready)) return;
    std::fstream opened(gate, std::ios::in | std::ios::out);  // before the test hears of it and removes the name
    std::ofstream(ready) << "here\n" << std::flush;
    opened.get();
}

/// A target whose commit can be held in a folder with the FIFOs "committing" and "committing.go".
template <PublishedTarget T>
class Held : public T {
public:
    Held(T target, std::filesystem::path folder) : T(std::move(target)), folder_(std::move(folder)) {}
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
        hold(folder_ / "committing", folder_ / "committing.go");
        return T::commit(attempt, staged, if_exists);
    }
    static std::vector<bool> exist(const std::vector<Held>& targets) {
        if constexpr (BulkTarget<T>) return T::exist(std::vector<T>(targets.begin(), targets.end()));
        std::vector<bool> exist;
        for (const Held& target : targets) exist.push_back(target.exists());
        return exist;
    }

private:
    std::filesystem::path folder_;
};

/// A kind of store. `place` is a folder of the test, and names the test in a store that is elsewhere.
struct Backend {
    /// Makes what targets need there; null: nothing.
    void (*make)() = nullptr;
    AnyTarget (*target)(const std::string& place, const std::string& name);
    /// In run().
    void (*write)(const std::string& place, const std::string& name, const std::string& content);
    /// The published content; nullopt if there is none.
    std::optional<std::string> (*read)(const std::string& place, const std::string& name);
    /// Replaces the content behind the engine's back.
    void (*replace)(const std::string& place, const std::string& name, const std::string& content);
    /// Names of leftovers of attempts that are not published, where the next attempt removes them.
    std::vector<std::string> (*staged)(const std::string& place, const std::string& name);
};
inline std::map<std::string, Backend> backends;

/// Publishes "NUMBER by TOKEN" of its attempt, and announces it with that token as the event's id. The piece of half
/// its number is its input. Its attempt is a line of the diary: number, process, token.
struct Piece {
    std::filesystem::path root{};
    std::string backend{};
    int number = 1;
    bool is_held = false;
    static constexpr Isolation isolation = Isolation::process;
    static constexpr bool emits_events = true;
    static constexpr Parameter parameters[] = {
        param<&Piece::root>("folder").required(), param<&Piece::backend>("kind of store").required(),
        param<&Piece::number>("which"), param<&Piece::is_held>("says so in the FIFO 'ready', waits for 'gate'")};

    std::string place() const { return root / "store"; }
    std::string name() const { return "piece" + std::to_string(number); }
    std::vector<Piece> requirements() const {
        if (number < 2) return {};
        return {{.root = root, .backend = backend, .number = number / 2}};
    }
    AnyTarget output() const { return backends.at(backend).target(place(), name()); }
    RetryPolicy retry() const { return {.attempts = 1'000, .first_pause = std::chrono::milliseconds(10)}; }
    void run(Context& context) const {
        const std::string token = TargetAttempt::current()->token;
        append_to_log(root, std::to_string(number) + " " + std::to_string(::getpid()) + " " + token);
        if (is_held) hold(root / "ready", root / "gate");
        backends.at(backend).write(place(), name(), std::to_string(number) + " by " + token);
        context.emit({.id = token, .source = "/test", .type = "t", .subject = name(), .key = name(), .data = {}});
    }
};

/// Pieces 1 to `count`.
struct AllPieces {
    std::filesystem::path root{};
    std::string backend{};
    int count = 1;
    static constexpr TaskKind kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&AllPieces::root>("folder").required(),
                                               param<&AllPieces::backend>("kind of store").required(),
                                               param<&AllPieces::count>("how many")};
    std::vector<Piece> requirements() const {
        std::vector<Piece> pieces;
        for (int number = 1; number <= count; ++number)
            pieces.push_back({.root = root, .backend = backend, .number = number});
        return pieces;
    }
};

/// The program: a pipeline, or "make BACKEND", or "read BACKEND PLACE NAME...", which prints what is published and how
/// much is staged, or "replace BACKEND PLACE NAME CONTENT".
inline int published_main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 2 && words[0] == "make") {
        if (const auto make = backends.at(words[1]).make) make();
        return 0;
    }
    if (words.size() == 5 && words[0] == "replace") {
        backends.at(words[1]).replace(words[2], words[3], words[4]);
        return 0;
    }
    if (words.size() < 4 || words[0] != "read")
        return command_line({.name = "published", .version = "1"}, Registry::of<AllPieces, Piece>(), argc, argv,
                            std::cout, std::cerr);
    const Backend& backend = backends.at(words[1]);
    Json found = Json::object();
    for (std::size_t i = 3; i < words.size(); ++i) {
        const auto content = backend.read(words[2], words[i]);
        found[words[i]] = Json::Object{{"content", content ? Json(*content) : Json()},
                                       {"staged", backend.staged(words[2], words[i]).size()}};
    }
    std::cout << found.text() << '\n';
    return 0;
}

}  // namespace freshet::test
