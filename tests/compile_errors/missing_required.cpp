// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Greet {
    std::string whom;
    int times = 1;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom").required(),
                                                        freshet::param<&Greet::times>("times")};
    freshet::LocalTarget output() const;
    void run() const;
};

auto task = freshet::AnyTask(Greet{.times = 2});
