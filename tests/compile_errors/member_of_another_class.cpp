// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Other {
    std::string whom;
};

struct Greet {
    std::string whom;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Other::whom>("whom")};
    freshet::LocalTarget output() const;
    void run() const;
};

auto task = freshet::AnyTask(Greet{.whom = "x"});
