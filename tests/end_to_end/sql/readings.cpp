// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Tasks that load rows into PostgreSQL, each in a process of its own.
#include "freshet/command_line.hpp"
#include "freshet/sql.hpp"

#include <iostream>
#include <string>
#include <vector>

using namespace freshet;

namespace {

/// Copies 1000 rows, whose key is unique, into the table `readings`.
struct LoadDay {
    int day = 0;
    static constexpr Parameter parameters[] = {param<&LoadDay::day>("number of the day").required()};
    static constexpr Isolation isolation = Isolation::process;
    SqlTarget output() const {
        const std::string of_day = "readings WHERE day = " + std::to_string(day);
        return SqlTarget("", "readings/" + std::to_string(day))
            .verify_with("SELECT day, id, value FROM " + of_day + " ORDER BY id")
            .remove_with("DELETE FROM " + of_day);
    }
    void run() const {
        output().load([&](SqlTransaction& transaction) {
            transaction.copy("readings", {"day", "id", "value"}, [&, id = 0](SqlRow& row) mutable {
                row = {day, id, 0.5 * id};
                return id++ < 1000;
            });
        });
    }
};

/// The days, and a row with the number of readings.
struct LoadAll {
    int days = 0;
    static constexpr Parameter parameters[] = {param<&LoadAll::days>("number of days").required()};
    std::vector<LoadDay> requirements() const {
        std::vector<LoadDay> tasks;
        for (int day = 0; day < days; ++day) tasks.push_back({day});
        return tasks;
    }
    SqlTarget output() const { return SqlTarget("", "all/" + std::to_string(days)); }
    void run() const {
        output().load([](SqlTransaction& transaction) {
            transaction.execute("INSERT INTO totals SELECT count(*) FROM readings");
        });
    }
};

}  // namespace

int main(int argc, char** argv) {
    return command_line({.name = "readings", .version = "1"}, Registry::of<LoadDay, LoadAll>(), argc, argv, std::cout,
                        std::cerr);
}
