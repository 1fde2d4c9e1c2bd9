// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include <freshet/registry.hpp>
#include <freshet/task.hpp>

#include <iostream>

struct Greet {
    std::string whom = "world";

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom to greet")};

    bool complete() const { return false; }
    void run() const { std::cout << "hello, " << whom << '\n'; }
};

int main() {
    const auto registry = freshet::Registry::of<Greet>();
    std::cout << freshet::AnyTask(Greet{}).id() << '\n';
}
