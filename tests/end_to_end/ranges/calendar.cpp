// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// calendar: tasks in the folder --root for days, hours, minutes, months, years and numbers.
#include "freshet/command_line.hpp"
#include "support/diary.hpp"

#include <filesystem>
#include <iostream>
#include <thread>

using namespace freshet;
using namespace std::chrono_literals;
using test::append_to_log;

/// The parameters of a task that writes a file for each value.
template <class Value>
struct Dated {
    std::filesystem::path root;
    Value at{};
    std::string region = "eu";
    static constexpr Parameter parameters[] = {param<&Dated::root>("folder").required(),
                                               param<&Dated::at>("which").required(),
                                               param<&Dated::region>("of the world")};

    LocalTarget file(std::string_view family) const {
        return LocalTarget(root / (std::string(family) + "-" + Codec<Value>::write(at)));
    }
};

template <class Value, char letter>
struct Write : Dated<Value> {
    static constexpr char name[] = {letter};
    static constexpr std::string_view family{name, 1};
    static constexpr auto parameters = inherit_parameters<Dated<Value>, Write>();
    LocalTarget output() const { return this->file(family); }
    void run() const { output().write(this->region + "\n"); }
};

using D = Write<std::chrono::sys_days, 'D'>;
using H = Write<DateHour, 'H'>;
using M = Write<DateMinute, 'M'>;
using Month = Write<std::chrono::year_month, 'O'>;
using Year = Write<std::chrono::year, 'Y'>;
using Number = Write<int, 'N'>;

/// Needs the data base, and runs until the file "go" exists, or one with its day.
struct Door {
    std::filesystem::path root;
    std::chrono::sys_days day{};
    bool needs_db = false;
    static constexpr Parameter parameters[] = {param<&Door::root>("folder").required(),
                                               param<&Door::day>("which").required(),
                                               param<&Door::needs_db>("needs the data base").insignificant()};

    std::string text() const { return Codec<std::chrono::sys_days>::write(day); }
    Resources resources() const { return needs_db ? Resources{{"db", 1}} : Resources{}; }
    LocalTarget output() const { return LocalTarget(root / ("door-" + text())); }
    void run(Context& context) const {
        append_to_log(root, "begins " + text());
        while (!std::filesystem::exists(root / "go") && !std::filesystem::exists(root / ("go-" + text()))) {
            if (context.cancelled()) throw TransientError("wait for 'go': cancelled");
            std::this_thread::sleep_for(5ms);
        }
        append_to_log(root, "ends " + text());
        output().write("open\n");
    }
};

int main(int argc, char** argv) {
    return command_line({.name = "calendar", .version = "1", .summary = "tasks with dates"},
                        Registry::of<D, H, M, Month, Year, Number, Door>(), argc, argv, std::cout, std::cerr);
}
