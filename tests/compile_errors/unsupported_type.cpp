// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Point {
    double x, y;
};

struct Greet {
    Point whom;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom")};
    freshet::LocalTarget output() const;
    void run() const;
};

auto task = freshet::AnyTask(Greet{.whom = {}});
