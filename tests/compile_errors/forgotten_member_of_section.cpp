// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/registry.hpp"

struct Database {
    std::string host;
    int port = 5432;

    static constexpr std::string_view section = "database";
    static constexpr freshet::Parameter parameters[] = {freshet::param<&Database::host>("where it is")};
};

auto registry = freshet::Registry::of<Database>();
