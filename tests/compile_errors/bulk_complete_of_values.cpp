// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Greet {
    std::string whom;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom")};
    freshet::LocalTarget output() const;
    void run() const;
    static std::vector<std::string> bulk_complete(const std::vector<Greet>& tasks);
};

auto task = freshet::AnyTask(Greet{.whom = "x"});
