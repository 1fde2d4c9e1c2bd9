// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Place {
    std::string city;
    int district = 1;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Place::city>("where")};
};

struct Survey : Place {
    int year = 2020;

    static constexpr auto parameters =
        freshet::inherit_parameters<Place, Survey>(freshet::param<&Survey::year>("when"));
    freshet::LocalTarget output() const;
    void run() const;
};

auto task = freshet::AnyTask(Survey{{.city = "x"}});
