// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "freshet/error.hpp"
#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace freshet::test {

/// Writes its number to a file.
struct Number {
    std::filesystem::path folder;
    int value = 0;
    bool loud_voice = false;
    std::string token = "";

    static constexpr Parameter parameters[] = {
        param<&Number::folder>("where the file goes").required(), param<&Number::value>("the number"),
        param<&Number::loud_voice>("shout").insignificant(), param<&Number::token>("a password").secret()};

    LocalTarget output() const { return LocalTarget(folder / ("number-" + std::to_string(value))); }
    void run() const { output().write(std::to_string(value)); }
};

/// Adds up the numbers 1 to `last`.
struct Sum {
    std::filesystem::path folder;
    int last = 3;

    static constexpr Parameter parameters[] = {param<&Sum::folder>("where the file goes").required(),
                                               param<&Sum::last>("the last number")};

    std::vector<Number> requirements() const {
        std::vector<Number> numbers;
        for (int i = 1; i <= last; ++i) numbers.push_back({.folder = folder, .value = i});
        return numbers;
    }
    LocalTarget output() const { return LocalTarget(folder / "sum"); }
    void run() const {
        int sum = 0;
        for (const auto& number : inputs(*this)) sum += std::stoi(number.read());
        output().write(std::to_string(sum));
    }
};

/// Always fails.
struct Broken {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Broken::folder>("where nothing goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "broken"); }
    void run() const { throw Error("read 'tape': no such device"); }
};

/// Needs data that is not available yet.
struct Early {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Early::folder>("where the file goes").required()};
    LocalTarget output() const { return LocalTarget(folder / "early"); }
    void run() const { throw TransientError("fetch 'f006': not available yet", FailureClass::not_ready); }
};

/// An external file.
struct Delivery {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Delivery::folder>("where the file comes").required()};
    static constexpr TaskKind kind = TaskKind::external;
    LocalTarget output() const { return LocalTarget(folder / "delivery"); }
};

/// Requires a task that fails, is not ready or is external, as its flags say.
struct Report {
    std::filesystem::path folder;
    bool broken = false;
    bool early = false;
    bool delivered = false;

    static constexpr Parameter parameters[] = {param<&Report::folder>("where the file goes").required(),
                                               param<&Report::broken>("require a task that fails"),
                                               param<&Report::early>("require a task that is not ready"),
                                               param<&Report::delivered>("require an external task")};

    std::vector<AnyTask> requirements() const {
        std::vector<AnyTask> all{Number{.folder = folder, .value = 7}};
        if (broken) all.push_back(Broken{folder});
        if (early) all.push_back(Early{folder});
        if (delivered) all.push_back(Delivery{folder});
        return all;
    }
    LocalTarget output() const { return LocalTarget(folder / "report"); }
    void run() const { output().write("all is well"); }
};

/// Requires itself.
struct Snake {
    int length = 1;
    static constexpr Parameter parameters[] = {param<&Snake::length>("how long it is")};
    Snake requirements() const { return {.length = 3 - length}; }
    LocalTarget output() const { return LocalTarget("/nowhere/snake-" + std::to_string(length)); }
    void run() const {}
};

/// Writes a file for each day.
struct Daily {
    std::filesystem::path folder;
    std::chrono::sys_days day{};
    std::string region = "eu";

    static constexpr Parameter parameters[] = {param<&Daily::folder>("where the files go").required(),
                                               param<&Daily::day>("the day").required(),
                                               param<&Daily::region>("of the world")};

    LocalTarget output() const {
        return LocalTarget(folder / (region + "-" + Codec<std::chrono::sys_days>::write(day)));
    }
    void run() const { output().write("sunny"); }
};

inline Registry toy_registry() { return Registry::of<Number, Sum, Broken, Early, Delivery, Report, Snake, Daily>(); }

/// A program of the tasks above, with its own folder and clock.
class TestProgram {
public:
    TestProgram() { cli.environment["XDG_STATE_HOME"] = (folder / "state").string(); }

    int run(const std::vector<std::string>& arguments) {
        out.str("");
        err.str("");
        return cli::run_program(
            {.name = "toys", .version = "1.2", .summary = "tasks to play with", .resolve_parameters = resolve},
            registry, arguments, cli);
    }

    std::string data() const { return (folder / "data").string(); }
    std::string output() const { return out.str(); }
    std::string error_output() const { return err.str(); }
    /// Writes a configuration file; returns its path.
    std::string config(const std::string& content) const {
        const LocalTarget file(folder / "toys.toml");
        file.write(content);
        return file.path().string();
    }

    /// Replaces the value "year" by the clock's year.
    static void resolve(std::string_view, Values& values, const Clock& now) {
        const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now.now())};
        for (auto& [name, value] : values)
            if (value == "year") value = std::to_string(int(today.year()));
    }

    TempDir folder;
    FakeClock clock;
    Registry registry = toy_registry();
    std::ostringstream out, err;
    cli::CliContext cli{.out = out, .err = err, .clock = clock, .environment = {}, .system_folder = folder.path()};
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace freshet::test
